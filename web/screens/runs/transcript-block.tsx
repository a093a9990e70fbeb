/** One thing that was said or done. */
import type { ApiTranscriptEntry } from '../../../src/client/client.ts';
import { epochOf, preciseClockText } from '../../text/time-text.ts';

const WORDS: Partial<Record<ApiTranscriptEntry['kind'], string>> = {
  prompt: 'Prompt',
  message: 'Said',
  output: 'Output',
  thought: 'Thought',
  tool_call: 'Tool',
  tool_result: 'Result',
  permission_request: 'Asked',
  permission_answer: 'Answered',
  plan: 'Plan',
  stderr: 'Error output',
  truncated: 'Left out',
};
/** Long, and seldom what somebody looks for first. */
const FOLDED: ReadonlySet<string> = new Set(['prompt', 'thought', 'tool_call', 'tool_result', 'plan']);
/** Written for people; the rest is for machines, or comes from them. */
const PROSE: ReadonlySet<string> = new Set(['message', 'permission_request', 'permission_answer', 'thought']);

export function TranscriptBlock({ block }: { block: ApiTranscriptEntry }) {
  const { kind, text, at } = block;
  if (kind === 'notice') return <p className="block-aside">{text}</p>;
  if (kind === 'stop') return <p className="block-aside">The agent ended its turn: {text.replaceAll('_', ' ')}</p>;
  const word = WORDS[kind];
  const time = <time dateTime={at}>{preciseClockText(epochOf(at))}</time>;
  const body = <pre className={PROSE.has(kind) ? 'block-prose' : undefined}>{text}</pre>;
  if (FOLDED.has(kind)) {
    const first = text.trim().split('\n', 1)[0] ?? '';
    return (
      <details>
        <summary>
          <b>{word}</b> <span className="cut">{first}</span> {time}
        </summary>
        {body}
      </details>
    );
  }
  return (
    <>
      <p className="block-head">
        <b>{word}</b> {time}
      </p>
      {body}
    </>
  );
}
