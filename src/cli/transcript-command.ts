/** Prints a transcript, a run's or a session's: folded for people, whole for programs. */
import { Option } from '@commander-js/extra-typings';
import type { ApiTranscriptEntry } from '../client/client.ts';
import type { Cli } from './command.ts';
import { writeReply } from './reply.ts';
import type { OutputFormat } from './terminal.ts';
import { TranscriptWriter } from './transcript-text.ts';

interface TranscriptPage {
  run_id: string;
  session_id?: string | undefined;
  entries: ApiTranscriptEntry[];
  next_cursor?: string | undefined;
}

export function fullOption() {
  return new Option('--full', 'everything that tools gave back, not only the first lines');
}

export async function printTranscript(
  cli: Cli,
  p: {
    read: (query: { cursor?: string }) => Promise<TranscriptPage>;
    format: OutputFormat;
    full: boolean;
    /** Why there is nothing to print. */
    whenEmpty: (sessionId: string | undefined) => string;
  },
): Promise<void> {
  const { terminal } = cli;
  const kept: ApiTranscriptEntry[] = [];
  const writer = new TranscriptWriter({ write: terminal.out, paint: terminal.paintOut, folded: !p.full });
  let page: TranscriptPage | undefined;
  let count = 0;
  do {
    page = await p.read(page?.next_cursor === undefined ? {} : { cursor: page.next_cursor });
    count += page.entries.length;
    // People read while the rest is on its way; a document for programs is written whole.
    if (p.format === 'table') for (const entry of page.entries) writer.entry(entry);
    else kept.push(...page.entries);
  } while (page.next_cursor !== undefined);
  writer.finishLine();
  const { run_id, session_id } = page;
  const reply = { run_id, ...(session_id === undefined ? {} : { session_id }), entries: kept };
  const lines = () => (count === 0 ? [p.whenEmpty(session_id)] : []);
  writeReply({ terminal, format: p.format, reply, items: kept, lines });
}
