/** The instants of a backfill with what they were on the wall clock of the job. */
import type { z } from 'zod';
import type { BackfillInstant } from '../engine/automation-commands.ts';
import { formatInstant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { backfillReply } from './contract/backfill.ts';
import { calculatedFires } from './job-view.ts';

type InstantView = z.output<typeof backfillReply>['instants'][number];

/** An instant that the schedule no longer names, because it was changed a moment ago, comes without its wall time. */
export function backfillInstants(
  record: AutomationRecord<Job>,
  p: { instants: readonly BackfillInstant[]; timezone: string },
): InstantView[] {
  const [first] = p.instants;
  if (first === undefined) return [];
  const fires = calculatedFires(record, { from: first.at - 1, timezone: p.timezone, count: p.instants.length });
  const byInstant = new Map(fires.map(({ at, local, offset, zone }) => [at, { local, offset, zone }]));
  return p.instants.map(({ at, state }) => ({ at: formatInstant(at), state, ...byInstant.get(at) }));
}
