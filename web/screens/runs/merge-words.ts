/** From entries to what is drawn: an agent speaks in small pieces, which are one text to a reader. */
import type { ApiTranscriptEntry } from '../../../src/client/client.ts';

const SPOKEN: ReadonlySet<string> = new Set(['message', 'thought', 'output', 'stderr']);

/** Pieces of one kind that follow each other become one, under the number of the first. */
export function mergeWords(entries: readonly ApiTranscriptEntry[]): ApiTranscriptEntry[] {
  const blocks: ApiTranscriptEntry[] = [];
  for (const entry of entries) {
    const last = blocks.at(-1);
    if (last !== undefined && last.kind === entry.kind && SPOKEN.has(entry.kind)) {
      blocks[blocks.length - 1] = { ...last, text: last.text + entry.text };
    } else blocks.push(entry);
  }
  return blocks;
}
