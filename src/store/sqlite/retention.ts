/** Forgetting in bounded steps: transcripts by age and weight, runs by age and number. */
import type { EpochMs } from '../../model/instant.ts';
import type { RetentionStore } from '../retention-store.ts';
import type { Connection } from './connection.ts';

const OLDEST_TRANSCRIPT = `select seq, ended_at from sessions
  where ended_at is not null and transcript_removed_at is null and transcript_bytes > 0 order by ended_at limit 1`;
/** Entries are numbered without holes, so the first so many are a range. */
const DELETE_ENTRIES = `delete from transcript_entries where session = ?1
  and seq < ?2 + (select min(seq) from transcript_entries where session = ?1)`;

export function pruneTranscripts(
  connection: Connection,
  p: Parameters<RetentionStore['pruneTranscripts']>[0],
): { entries: number; sessions: number; more: boolean } {
  // Most steps find nothing, and those write nothing.
  if (victimOf(connection, p) === undefined) return { entries: 0, sessions: 0, more: false };
  return connection.write(() => {
    let entries = 0;
    let sessions = 0;
    for (let left = p.limit; left > 0; left -= 1) {
      const seq = victimOf(connection, p);
      if (seq === undefined) return { entries, sessions, more: false };
      const deleted = connection.run(DELETE_ENTRIES, seq, left);
      entries += deleted;
      left -= deleted;
      if (hasEntries(connection, seq)) break;
      connection.run('update sessions set transcript_removed_at = ? where seq = ?', p.now, seq);
      sessions += 1;
    }
    return { entries, sessions, more: victimOf(connection, p) !== undefined };
  });
}

function victimOf(connection: Connection, p: { before: EpochMs | null; bytes_max: number | null }): number | undefined {
  const oldest = connection.one<{ seq: number; ended_at: EpochMs }>(OLDEST_TRANSCRIPT);
  if (oldest === undefined) return undefined;
  const isOld = p.before !== null && oldest.ended_at < p.before;
  return isOld || (p.bytes_max !== null && transcriptBytes(connection) > p.bytes_max) ? oldest.seq : undefined;
}

function transcriptBytes(connection: Connection): number {
  return connection.one<{ bytes: number }>('select bytes from transcript_sum')?.bytes ?? 0;
}

function hasEntries(connection: Connection, session: number): boolean {
  return connection.one('select 1 from transcript_entries where session = ? limit 1', session) !== undefined;
}

const FINISHED = ['completed', 'failed', 'canceled', 'delegated'] as const;
/** One walk per status along the index that begins with it, as in run-list.ts. */
const walks = (rest: string): string =>
  FINISHED.map((status) => `select seq, id, created_at from runs where status = '${status}' ${rest}`).join(
    ' union all ',
  );
const NTH_BEFORE = `select created_at, seq from (${walks('and created_at <= ?1 and (created_at < ?1 or seq < ?2)')})
  order by created_at desc, seq desc limit 1 offset ?3`;
const OLDEST_RUNS = `${walks(`and created_at < ?1 and not exists (select 1 from runs as other
  where other.fire_id = runs.fire_id and other.status in ('scheduled', 'running'))
  and (status <> 'delegated' or not exists (select 1 from tasks where run_id = runs.id and tasks.status in ('queued', 'claimed')))`)} order by created_at, seq limit ?2`;

export function pruneRuns(
  connection: Connection,
  p: Parameters<RetentionStore['pruneRuns']>[0],
): { runs: number; more: boolean } {
  const tooMany = countCutoff(connection, p.count_max);
  if (tooMany === undefined) return { runs: 0, more: true };
  const answer = deleteRuns(connection, {
    ...p,
    cutoff: Math.min(p.keep_since, Math.max(p.before ?? -Infinity, tooMany)),
  });
  if (!answer.more) countings.delete(connection);
  return answer;
}

function deleteRuns(connection: Connection, p: { cutoff: EpochMs; limit: number }): { runs: number; more: boolean } {
  const { cutoff } = p;
  if (cutoff === -Infinity) return { runs: 0, more: false };
  const victims = connection.all<{ seq: number; id: string }>(OLDEST_RUNS, cutoff, p.limit);
  if (victims.length === 0) return { runs: 0, more: false };
  return connection.write(() => {
    let left = p.limit;
    let runs = 0;
    for (const run of victims) {
      const sessions = connection.all<{ seq: number }>('select seq from sessions where run_id = ?', run.id);
      for (const { seq } of sessions) {
        left -= connection.run(DELETE_ENTRIES, seq, Math.max(1, left));
        // A long transcript takes several steps; its run goes with the last of it.
        if (hasEntries(connection, seq)) return { runs, more: true };
        connection.run('delete from sessions where seq = ?', seq);
      }
      connection.run('delete from runs where seq = ?', run.seq);
      runs += 1;
      left -= 1;
      if (left <= 0) break;
    }
    return { runs, more: victims.length === p.limit || runs < victims.length };
  });
}

/** Runs that one step counts: some milliseconds. */
const COUNTED_PER_STEP = 20_000;

/** How far the newest `count` runs are counted, newest first; `cutoff` when they all are. */
interface Counting {
  count: number;
  counted: number;
  created_at: EpochMs;
  seq: number;
  cutoff?: EpochMs;
}

/** Between the steps of a round. A count that new runs have made old only lets more stay, until the next round. */
const countings = new WeakMap<Connection, Counting>();

/**
 * The newest `count` stay: what was created before the oldest of them is too much. Undefined while that one is not found:
 * counting ten million runs at once would stop everything for seconds.
 */
function countCutoff(connection: Connection, count: number | null): EpochMs | undefined {
  if (count === null) return -Infinity;
  const known = countings.get(connection);
  const counting: Counting =
    known?.count === count ? known : { count, counted: 0, created_at: Number.MAX_SAFE_INTEGER, seq: 0 };
  countings.set(connection, counting);
  if (counting.cutoff !== undefined) return counting.cutoff;
  const left = Math.max(1, count - counting.counted);
  const step = Math.min(left, COUNTED_PER_STEP);
  const nth = connection.one<Pick<Counting, 'created_at' | 'seq'>>(
    NTH_BEFORE,
    counting.created_at,
    counting.seq,
    step - 1,
  );
  if (nth === undefined) counting.cutoff = -Infinity;
  else if (step === left) counting.cutoff = nth.created_at;
  else Object.assign(counting, nth, { counted: counting.counted + step });
  return counting.cutoff;
}
