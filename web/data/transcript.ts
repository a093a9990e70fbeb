/**
 * What was said in a run: read from the store once, then carried on by the live stream. Entries are numbered without
 * holes, so one that is not the next says that some are missing, and they are read.
 */
import { queryOptions } from '@tanstack/react-query';
import type { ApiTranscriptEntry } from '../../src/client/client.ts';
import { cache } from './cache.ts';
import { daemon } from './daemon.ts';

export interface Transcript {
  entries: readonly ApiTranscriptEntry[];
  /** More follow than the page reads: a person would not. */
  cut: boolean;
}

const PAGE_ENTRIES = 500;
/** A transcript is bounded in bytes by the daemon; this bounds what a browser holds. */
const ENTRIES_MAX = 20_000;

async function readAfter(id: string, before: readonly ApiTranscriptEntry[], signal?: AbortSignal): Promise<Transcript> {
  const entries = [...before];
  for (;;) {
    const last = entries.at(-1);
    const query = { limit: PAGE_ENTRIES, ...(last === undefined ? {} : { cursor: String(last.seq) }) };
    const page = await daemon.runs.transcript(id, query, signal === undefined ? {} : { signal });
    entries.push(...page.entries);
    if (page.next_cursor === undefined) return { entries, cut: false };
    if (entries.length >= ENTRIES_MAX) return { entries, cut: true };
  }
}

export const transcriptOf = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'transcript'],
    queryFn: ({ signal }) =>
      readAfter(id, cache.getQueryData<Transcript>(['run', id, 'transcript'])?.entries ?? [], signal),
  });

/** Puts in what follows; anything else makes the page read what it lacks. */
export function appendEntries(id: string, added: readonly ApiTranscriptEntry[]): void {
  const { queryKey } = transcriptOf(id);
  const known = cache.getQueryData(queryKey);
  if (known === undefined || known.cut) return;
  const lastSeq = known.entries.at(-1)?.seq ?? 0;
  const fresh = added.filter(({ seq }) => seq > lastSeq);
  if (fresh.length === 0) return;
  if (fresh[0]?.seq !== lastSeq + 1) {
    void cache.invalidateQueries({ queryKey });
    return;
  }
  cache.setQueryData(queryKey, { entries: [...known.entries, ...fresh], cut: false });
}
