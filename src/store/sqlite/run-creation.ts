/** Creating the runs that a decision asked for, and accepting runs on demand. */
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Run } from '../../model/run.ts';
import type { AcceptanceFacts, NewRun, RunCancellation } from '../acceptance.ts';
import type { AutomationRecord } from '../definition-store.ts';
import { readFacts, readSpentToday } from './acceptance-facts.ts';
import { findAutomation, recordOf } from './automation-row.ts';
import type { Connection } from './connection.ts';
import { makeCancellations } from './run-cancellation.ts';
import { placeOf } from './run-queue.ts';
import type { QueuePlace } from '../rows/run-row.ts';
import { runOf } from '../rows/run-row.ts';
import { findAttempt, insertRun } from './run-row.ts';
import { readDefinition } from '../rows/stored-definition.ts';

/**
 * Creates the rows in order; those whose fire has the attempt already are in `existing`. `alone`: the automation has
 * no unfinished run yet, which spares the first row two lookups.
 */
export function createRuns(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; runs: readonly NewRun[]; alone: boolean },
): { runs: Run[]; existing: NewRun[] } {
  const { now, automation } = p;
  const runs: Run[] = [];
  const existing: NewRun[] = [];
  let alone = p.alone;
  for (const run of p.runs) {
    const created = insertRun(connection, {
      now,
      automation,
      run,
      queue: newPlace(connection, { now, automation, run, alone }),
    });
    if (created === undefined) existing.push(run);
    else runs.push(created);
    if (run.status === 'scheduled') alone = false;
  }
  return { runs, existing };
}

/** The place of a row that is about to be created; null when it will never wait. */
export function newPlace(
  connection: Connection,
  p: { now: EpochMs; automation: Automation; run: NewRun; alone: boolean },
): QueuePlace | null {
  const { now, run } = p;
  if (run.status === 'canceled') return null;
  const waiting = {
    automation_id: p.automation.id,
    exclusive: run.exclusive,
    priority: run.priority,
    catch_up: run.catch_up,
    order_at: run.scheduled_at ?? now,
    created_at: now,
    available_at: run.available_at,
  };
  return placeOf(connection, { now, run: waiting, alone: p.alone });
}

type Acceptance<R> =
  | {
      outcome: 'accepted';
      runs: Run[];
      existing: Run[];
      canceled_run_ids: string[];
      cancel_requested_run_ids: string[];
    }
  | { outcome: 'refused'; refusal: R }
  | { outcome: 'not_found' };

export function acceptRuns<R>(
  connection: Connection,
  p: {
    now: EpochMs;
    automation_id: string;
    daily_since: EpochMs | null;
    decide: (p: {
      record: AutomationRecord;
      facts: AcceptanceFacts;
    }) => { runs: NewRun[]; cancellations: RunCancellation[] } | { refuse: R };
  },
): Acceptance<R> {
  return connection.write(() => {
    const row = findAutomation(connection, p.automation_id);
    if (row === undefined) return { outcome: 'not_found' };
    const read = readDefinition(row);
    // Nothing could ever start such a run, so nobody is asked.
    if (read.unreadable !== undefined) return { outcome: 'not_found' };
    const { automation } = read;
    const facts = readFacts(connection, {
      automationId: row.id,
      now: p.now,
      readable: read,
      spentToday: readSpentToday(connection, p.daily_since),
    });
    const decision = p.decide({ record: recordOf(connection, row, read), facts });
    if ('refuse' in decision) return { outcome: 'refused', refusal: decision.refuse };
    const { cancellations } = decision;
    const made = makeCancellations(connection, { now: p.now, automationId: row.id, cancellations });
    const alone = facts.unfinished.length === 0;
    const { runs, existing } = createRuns(connection, { now: p.now, automation, runs: decision.runs, alone });
    return { outcome: 'accepted', runs, existing: existing.map((run) => existingRun(connection, run)), ...made };
  });
}

function existingRun(connection: Connection, run: NewRun): Run {
  return runOf(findAttempt(connection, run)!);
}
