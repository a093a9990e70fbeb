/** Finding and writing activations and their verdicts. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { NewActivation } from '../activation-store.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import { orNull } from '../rows/value.ts';
import type { Connection } from './database.ts';

export function findActivation(connection: Connection, id: string): Promise<ActivationRow | undefined> {
  return connection.one<ActivationRow>('select * from activations where id = ?', id);
}

const KNOWN = 'select * from activations where id = ? or dedupe_key = ? limit 1';

/** The activation that this one repeats. True for as long as the lock of the intake is held. */
export function findRepeated(connection: Connection, activation: NewActivation): Promise<ActivationRow | undefined> {
  return connection.one<ActivationRow>(KNOWN, activation.id, orNull(activation.dedupe_key));
}

const INSERT = `insert into activations (
  id, dedupe_key, kind, scope, workspace_id, source, occurred_at, accepted_at, depth, cause_run_id, cause_automation_id,
  actor, addressed_to, gathered_by, gathered_key, gathered_count, match_after, considered, matched, data
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?) returning seq`;

/** Stored as one whose candidates are all still to be considered. */
export async function insertActivation(
  connection: Connection,
  p: { now: EpochMs; activation: NewActivation; gathered?: Activation['gathered'] },
): Promise<{ seq: number; activation: Activation }> {
  const { dedupe_key: dedupeKey, ...activation } = p.activation;
  const { gathered } = p;
  const row = await connection.one<{ seq: number }>(
    INSERT,
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
    JSON.stringify(activation.data),
  );
  const stored: Activation = { ...activation, accepted_at: p.now, matching: true, considered: 0, matched: 0 };
  if (gathered !== undefined) stored.gathered = gathered;
  return { seq: row!.seq, activation: stored };
}

const PROGRESS = 'update activations set match_after = ?, considered = ?, matched = ? where seq = ?';

export async function writeProgress(
  connection: Connection,
  p: { seq: number; matchAfter: number | null; activation: Activation },
): Promise<void> {
  await connection.run(PROGRESS, p.matchAfter, p.activation.considered, p.activation.matched, p.seq);
}

const INSERT_VERDICT = `insert into activation_verdicts (
  activation, position, automation_id, automation_name, verdict, detail, run_id, gathered_into
) values (?, ?, ?, ?, ?, ?, ?, ?)`;

export async function insertVerdict(
  connection: Connection,
  p: { activation: number; position: number; verdict: TriggerVerdict },
): Promise<void> {
  const { verdict } = p;
  await connection.run(
    INSERT_VERDICT,
    p.activation,
    p.position,
    verdict.trigger_id,
    verdict.trigger_name,
    verdict.verdict,
    verdict.detail,
    orNull(verdict.run_id),
    orNull(verdict.gathered_into),
  );
}
