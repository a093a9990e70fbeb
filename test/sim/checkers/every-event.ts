/**
 * Events, against the triggers as they stand in the very step that considers them, judged here once more without the
 * engine's help: whom an event concerns gets exactly one row, or a place in a gathering, and nobody else gets anything.
 */
import type { Trigger } from '../../../src/model/trigger.ts';
import type { Checker, Reality } from '../checker.ts';
import { CONDITIONS } from '../trigger-writer.ts';

interface ActivationRow {
  seq: number;
  id: string;
  kind: string;
  scope: string;
  workspace_id: string;
  depth: number;
  cause_automation_id: string | null;
  addressed_to: string | null;
  data: string;
}

interface VerdictRow {
  automation_id: string;
  verdict: string;
  run_id: string | null;
  gathered_into: string | null;
}

const STEPS = new Set(['acceptActivations', 'settleActivations']);
/** Those with a row of their own. */
const WITH_RUN = new Set(['fired', 'deferred', 'loop_guard', 'overlap', 'budget']);
/** As the simulated daemons are configured. */
const DEPTH_MAX = 4;

export function everyEvent(): Checker {
  let newest = 0;
  const acknowledged = new Set<string>();
  return {
    name: 'every-event',
    promise: 'an event and a trigger that it concerns make exactly one row, and what was acknowledged is never lost',
    onStep({ step }, reality) {
      if (!STEPS.has(step.name)) return;
      const rows = reality.all<ActivationRow>('select * from activations where seq > ? order by seq', newest);
      if (rows.length === 0) return;
      newest = rows.at(-1)!.seq;
      const triggers = triggersOf(reality);
      for (const row of rows) checkActivation({ row, triggers }, reality);
    },
    onAcknowledged({ eventId }) {
      acknowledged.add(eventId);
    },
    atEnd(reality) {
      for (const id of acknowledged) {
        const rows = reality.all<{ id: string }>('select id from activations where id = ?', id);
        if (rows.length !== 1) reality.fail(`${id} was acknowledged, and ${rows.length} rows know of it`, [id]);
      }
      checkNothingWaits(reality);
      checkTold(reality);
      checkOnce(reality);
    },
  };
}

function triggersOf(reality: Reality): Trigger[] {
  const rows = reality.all<{ definition: string; overlay_enabled: 0 | 1 | null; paused_at: number | null }>(
    `select * from automations where kind = 'trigger' order by seq`,
  );
  return rows.map((row) => {
    const trigger = JSON.parse(row.definition) as Trigger;
    return { ...trigger, enabled: trigger.enabled && row.paused_at === null };
  });
}

function checkActivation(p: { row: ActivationRow; triggers: readonly Trigger[] }, reality: Reality): void {
  const { row } = p;
  const verdicts = reality.all<VerdictRow>('select * from activation_verdicts where activation = ?', row.seq);
  const concerned = new Set(
    verdicts.filter(({ verdict }) => verdict === 'gathered' || WITH_RUN.has(verdict)).map((one) => one.automation_id),
  );
  for (const { automation_id: id, verdict, run_id: runId } of verdicts) {
    if (!WITH_RUN.has(verdict)) continue;
    const runs = reality.all<{ id: string }>(
      `select id from runs where event_id = ? and automation_id = ? and attempt = 1 and kind = 'trigger'`,
      row.id,
      id,
    );
    if (runs.length !== 1 || runs[0]?.id !== runId)
      reality.fail(`${row.id} concerns ${id} (${verdict}), and ${runs.length} runs stand for it`, [row.id, id]);
  }
  // Addressed: what was gathered, which was judged before, or the payload of a run by hand, which nobody is to judge.
  if (row.addressed_to !== null) return;
  for (const trigger of p.triggers) {
    const expected = concerns(row, trigger);
    if (expected === concerned.has(trigger.id)) continue;
    const how = verdicts.find((one) => one.automation_id === trigger.id)?.verdict ?? 'not considered';
    reality.fail(
      `${row.id} (${row.kind} ${row.data.slice(0, 80)}) ${expected ? 'concerns' : 'does not concern'} ${trigger.id}, and it was ${how}`,
      [row.id, trigger.id],
    );
  }
}

function concerns(row: ActivationRow, trigger: Trigger): boolean {
  const data = JSON.parse(row.data) as Record<string, unknown>;
  const { event, filter = {}, when, enabled, scope, workspace_id: workspaceId = '' } = trigger;
  if (!enabled || event !== row.kind || scope !== row.scope || workspaceId !== row.workspace_id) return false;
  if (row.cause_automation_id === trigger.id && trigger.allow_own_events !== true) return false;
  const isFiltered = Object.entries(filter).every(([path, wanted]) => data[path.slice('data.'.length)] === wanted);
  return isFiltered && (when === undefined || CONDITIONS[when]?.(data) === true);
}

function checkNothingWaits(reality: Reality): void {
  const [left] = reality.all<{ occurrences: number; matching: number; gatherings: number }>(
    `select (select count(*) from occurrences) as occurrences, (select count(*) from gatherings) as gatherings,
      (select count(*) from activations where match_after is not null) as matching`,
  );
  if (left !== undefined && Object.values(left).some((count) => count > 0))
    reality.fail(`at the end there are left: ${JSON.stringify(left)}`, []);
}

/** Every end of a run is an event. */
function checkTold(reality: Reality): void {
  const untold = reality.all<{ id: string; status: string; told: number }>(
    `select id, status, (select count(*) from activations
        where kind = 'run.' || runs.status and json_extract(data, '$.run_id') = runs.id) as told
      from runs where status in ('completed', 'failed', 'canceled') and coalesce(reason, '') <> 'loop_guard' and told <> 1`,
  );
  for (const { id, status, told } of untold) reality.fail(`that ${id} is ${status} was told ${told} times`, [id]);
}

function checkOnce(reality: Reality): void {
  const twice = reality.all<{ event_id: string; automation_id: string; runs: number }>(
    `select event_id, automation_id, count(*) as runs from runs where kind = 'trigger' and attempt = 1
      group by event_id, automation_id having runs > 1`,
  );
  for (const { event_id: event, automation_id: id, runs } of twice)
    reality.fail(`${runs} runs of ${id} stand for ${event}`, [event, id]);
  const repeated = reality.all<{ number: number; events: number }>(
    `select json_extract(data, '$.number') as number, count(*) as events from activations
      where kind glob 'ext.*' and gathered_by is null and addressed_to is null
      group by 1 having number is not null and events > 1`,
  );
  for (const { number, events } of repeated)
    reality.fail(`event-${number} was taken in ${events} times`, [`event-${number}`]);
  const lost = reality.all<{ id: string; automation_id: string }>(
    `select activations.id, automation_id from activation_verdicts join activations on seq = activation
      where verdict = 'gathered' and gathered_into not in (select id from activations)`,
  );
  for (const { id, automation_id: trigger } of lost)
    reality.fail(`${id} was gathered by ${trigger} and never came out again`, [id, trigger]);
  const deep = reality.all<{ id: string }>(`select id from runs where depth > ? and status <> 'canceled'`, DEPTH_MAX);
  for (const { id } of deep) reality.fail(`${id} lies deeper than ${DEPTH_MAX}`, [id]);
}
