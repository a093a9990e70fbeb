/**
 * Forgetting in bounded steps: transcripts by age and weight, runs by age and number. Several nodes may forget at once:
 * rows that another one is at are passed over.
 */
import type { EpochMs } from '../../model/instant.ts';
import type { RetentionStore } from '../retention-store.ts';
import type { Connection, Database } from './database.ts';

const OLDEST_TRANSCRIPT = `select seq, ended_at, transcript_bytes from sessions
  where ended_at is not null and transcript_removed_at is null and transcript_bytes > 0
  order by ended_at limit 1 for update skip locked`;
/** Entries are numbered without holes, so the first so many are a range. */
const DELETE_ENTRIES = `delete from transcript_entries where session = ?
  and seq < ?::bigint + (select min(seq) from transcript_entries where session = ?)`;
const KEPT_BYTES = `select coalesce(sum(transcript_bytes), 0)::bigint as bytes from sessions
  where transcript_removed_at is null and transcript_bytes > 0`;

export function pruneTranscripts(
  database: Database,
  p: Parameters<RetentionStore['pruneTranscripts']>[0],
): Promise<{ entries: number; sessions: number; more: boolean }> {
  return database.write(async (connection) => {
    let entries = 0;
    let sessions = 0;
    // The server adds up in its own time; once per step is enough, since the step knows what it takes away.
    let bytes = p.bytes_max === null ? 0 : await keptBytes(connection);
    const next = async (): Promise<Victim | undefined> => {
      const oldest = await connection.one<Victim>(OLDEST_TRANSCRIPT);
      if (oldest === undefined) return undefined;
      const isOld = p.before !== null && oldest.ended_at < p.before;
      return isOld || (p.bytes_max !== null && bytes > p.bytes_max) ? oldest : undefined;
    };
    for (let left = p.limit; left > 0; left -= 1) {
      const victim = await next();
      if (victim === undefined) return { entries, sessions, more: false };
      const deleted = await deleteEntries(connection, { session: victim.seq, limit: left });
      entries += deleted;
      left -= deleted;
      if (await hasEntries(connection, victim.seq)) break;
      await connection.run('update sessions set transcript_removed_at = ? where seq = ?', p.now, victim.seq);
      bytes -= victim.transcript_bytes;
      sessions += 1;
    }
    return { entries, sessions, more: (await next()) !== undefined };
  });
}

interface Victim {
  seq: number;
  ended_at: EpochMs;
  transcript_bytes: number;
}

async function keptBytes(connection: Connection): Promise<number> {
  return (await connection.one<{ bytes: number }>(KEPT_BYTES))?.bytes ?? 0;
}

function deleteEntries(connection: Connection, p: { session: number; limit: number }): Promise<number> {
  return connection.run(DELETE_ENTRIES, p.session, p.limit, p.session);
}

async function hasEntries(connection: Connection, session: number): Promise<boolean> {
  return (await connection.one('select 1 from transcript_entries where session = ? limit 1', session)) !== undefined;
}

const FINISHED = ['completed', 'failed', 'canceled', 'delegated'] as const;
/** One walk per status along the index that begins with it. */
const walks = (rest: string): string =>
  FINISHED.map((status) => `(select seq, id, created_at from runs where status = '${status}' ${rest})`).join(
    ' union all ',
  );
/** Each walk goes no further than the one that is asked for could lie; the server would rather sort all of them. */
const NTH_NEWEST = `select created_at from (${walks('order by created_at desc, seq desc limit ?')}) as finished
  order by created_at desc, seq desc limit 1 offset ?`;
const MAY_GO = `not exists (select 1 from runs as other
    where other.fire_id = runs.fire_id and other.status in ('scheduled', 'running'))
  and (status <> 'delegated' or not exists (select 1 from tasks
    where tasks.run_id = runs.id and tasks.status in ('queued', 'claimed')))`;
const OLDEST_RUNS = `select seq, id from (${walks(`and created_at < ? and ${MAY_GO} order by created_at, seq limit ?`)}) as old
  order by created_at, seq limit ?`;

export async function pruneRuns(
  database: Database,
  p: Parameters<RetentionStore['pruneRuns']>[0],
): Promise<{ runs: number; more: boolean }> {
  return database.write(async (connection) => {
    const cutoff = Math.min(p.keep_since, Math.max(p.before ?? -Infinity, await countCutoff(connection, p.count_max)));
    if (cutoff === -Infinity) return { runs: 0, more: false };
    const walked = FINISHED.flatMap(() => [cutoff, p.limit]);
    const victims = await connection.all<{ seq: number; id: string }>(OLDEST_RUNS, ...walked, p.limit);
    let left = p.limit;
    let runs = 0;
    for (const run of victims) {
      const sessions = await connection.all<{ seq: number }>('select seq from sessions where run_id = ?', run.id);
      for (const { seq } of sessions) {
        left -= await deleteEntries(connection, { session: seq, limit: Math.max(1, left) });
        // A long transcript takes several steps; its run goes with the last of it.
        if (await hasEntries(connection, seq)) return { runs, more: true };
        await connection.run('delete from sessions where seq = ?', seq);
      }
      await connection.run('delete from runs where seq = ?', run.seq);
      runs += 1;
      left -= 1;
      if (left <= 0) break;
    }
    return { runs, more: victims.length > 0 && (victims.length === p.limit || runs < victims.length) };
  });
}

/** The newest `count` stay: what was created before the oldest of them is too much. */
async function countCutoff(connection: Connection, count: number | null): Promise<EpochMs> {
  if (count === null) return -Infinity;
  const newer = Math.max(0, count - 1);
  const walked = FINISHED.map(() => newer + 1);
  const nth = await connection.one<{ created_at: EpochMs }>(NTH_NEWEST, ...walked, newer);
  return nth?.created_at ?? -Infinity;
}
