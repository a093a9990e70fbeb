/** Statements about activations and their verdicts, with the values that they take. */
import type { Activation, ActivationQuery, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import { type NewActivation, VERDICTS_MAX } from '../activation-store.ts';
import { type VerdictRow, verdictOf } from './activation-row.ts';
import { Conditions } from './conditions.ts';
import { decodePageCursor } from './page-cursor.ts';
import { type ColumnValue, orNull } from './value.ts';

export const FIND_ACTIVATION = 'select * from activations where id = ?';
export const INSERT_ACTIVATION = `insert into activations (
  id, dedupe_key, kind, scope, workspace_id, source, occurred_at, accepted_at, depth, cause_run_id, cause_automation_id,
  actor, addressed_to, gathered_by, gathered_key, gathered_count, match_after, considered, matched, data
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** How far the matching is; `matchAfter` is null when all candidates were considered. */
export interface MatchProgress {
  considered: number;
  matched: number;
  matchAfter: number | null;
}

const NOTHING_CONSIDERED: MatchProgress = { considered: 0, matched: 0, matchAfter: 0 };

/** Taken in now, with all candidates still to be considered. */
export function acceptedNow(arriving: NewActivation, p: { now: EpochMs }): Activation {
  const { dedupe_key: _known, ...activation } = arriving;
  return { ...activation, accepted_at: p.now, matching: true, considered: 0, matched: 0 };
}

/**
 * What is to be stored, for {@link INSERT_ACTIVATION}, and the activation that is read back then. `progress` is written
 * ahead by whoever goes on to make it true.
 */
export function storedActivation(p: {
  now: EpochMs;
  activation: NewActivation;
  gathered?: Activation['gathered'];
  progress?: MatchProgress;
}): {
  values: ColumnValue[];
  stored: Activation;
} {
  const { dedupe_key: dedupeKey, ...activation } = p.activation;
  const { gathered, progress = NOTHING_CONSIDERED } = p;
  const values = [
    activation.id,
    orNull(dedupeKey),
    activation.kind,
    activation.scope,
    activation.workspace_id ?? '',
    activation.source,
    activation.occurred_at,
    p.now,
    activation.depth,
    orNull(activation.cause?.run_id),
    orNull(activation.cause?.automation_id),
    orNull(activation.actor),
    orNull(activation.addressed_to),
    orNull(gathered?.trigger_id),
    orNull(gathered?.key),
    orNull(gathered?.count),
    progress.matchAfter,
    progress.considered,
    progress.matched,
    JSON.stringify(activation.data),
  ];
  const stored = acceptedNow(p.activation, p);
  if (gathered !== undefined) stored.gathered = gathered;
  return { values, stored };
}

export const WRITE_PROGRESS = 'update activations set match_after = ?, considered = ?, matched = ? where seq = ?';

export const INSERT_VERDICT = `insert into activation_verdicts (
  activation, position, automation_id, automation_name, verdict, detail, run_id, gathered_into
) values (?, ?, ?, ?, ?, ?, ?, ?)`;

export function verdictValues(p: { activation: number; position: number; verdict: TriggerVerdict }): ColumnValue[] {
  const { verdict } = p;
  return [
    p.activation,
    p.position,
    verdict.trigger_id,
    verdict.trigger_name,
    verdict.verdict,
    verdict.detail,
    orNull(verdict.run_id),
    orNull(verdict.gathered_into),
  ];
}

export const LIST_VERDICTS = `select * from activation_verdicts where activation = ? order by position limit ${VERDICTS_MAX}`;
export const VERDICTS_OF_TRIGGER = `select activation_verdicts.*, activations.id, activations.kind, activations.accepted_at
  from activation_verdicts join activations on activations.seq = activation_verdicts.activation
  where automation_id = ? order by activation desc limit ?`;

export type TriggerVerdictRow = VerdictRow & Pick<Activation, 'id' | 'kind' | 'accepted_at'>;

export function triggerVerdictOf(row: TriggerVerdictRow): {
  activation: Pick<Activation, 'id' | 'kind' | 'accepted_at'>;
  verdict: TriggerVerdict;
} {
  return {
    activation: { id: row.id, kind: row.kind, accepted_at: row.accepted_at },
    verdict: verdictOf(row),
  };
}

/** Without the columns, the order and the limit. */
export function activationConditions(query: ActivationQuery): Conditions {
  const where = new Conditions().addWhen('kind = ?', query.kind);
  if (query.workspace_id !== undefined) where.add(`workspace_id = ? and workspace_id <> ''`, query.workspace_id);
  where
    .addWhen('cause_run_id = ?', query.cause_run_id)
    // Not worth an index: there are four sources, and most activations share one.
    .addWhen('source = ?', query.source)
    .addWhen('accepted_at >= ?', query.since)
    .addWhen('accepted_at < ?', query.until);
  if (query.cursor !== undefined) {
    where.before('accepted_at', decodePageCursor('activations', query.cursor, ['number', 'number']));
  }
  return where;
}

/** Whether a look at what waits finds anything: an idle tick does no more. */
export const ANYTHING_TO_SETTLE = `select case when
  exists (select 1 from occurrences) or
  exists (select 1 from activations where match_after is not null) or
  exists (select 1 from gatherings where due_at <= ?) then 1 else 0 end as found`;
export const STILL_MATCHING = 'select * from activations where match_after is not null order by seq limit ?';
