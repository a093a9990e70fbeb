/** What was said and done in a run, as it is said. Tool calls are folded; the end stays in view while it grows. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ApiRun, ApiTranscriptEntry } from '../../../src/client/client.ts';
import { isFinished } from '../../../src/model/run.ts';
import { transcriptOf } from '../../data/transcript.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { preciseClockText, epochOf } from '../../text/time-text.ts';
import { mergeWords } from './transcript-block.ts';

/** So near to its end counts as reading along, in pixels. */
const NEAR = 80;
/** Beyond this many blocks the beginning is folded away until somebody wants it. */
const BLOCKS_SHOWN = 400;

export function Transcript({ run }: { run: ApiRun }) {
  const query = useQuery(transcriptOf(run.id));
  const live = !isFinished(run.status);
  return (
    <section className="panel transcript" aria-labelledby="transcript-title">
      <div className="panel-head">
        <h2 id="transcript-title">Transcript</h2>
        {live && run.started_at !== undefined && <span className="panel-aside live-word">live</span>}
      </div>
      <Loaded of={query}>
        {({ entries, cut }) => (
          <>
            {entries.length === 0 && (
              <p className="transcript-none">
                {run.session_id === undefined && !live
                  ? 'No agent was started, so nothing was said.'
                  : 'Nothing said yet.'}
              </p>
            )}
            <Blocks entries={entries} follow={live} />
            {cut && (
              <p className="transcript-none">
                It goes on; <code>rouse runs transcript {run.id}</code> prints all of it.
              </p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Blocks({ entries, follow }: { entries: readonly ApiTranscriptEntry[]; follow: boolean }) {
  const [all, setAll] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const blocks = mergeWords(entries);
  const shown = all ? blocks : blocks.slice(-BLOCKS_SHOWN);
  const count = entries.length;
  useEffect(() => {
    const { scrollHeight } = document.documentElement;
    const isNear = scrollHeight - (window.scrollY + window.innerHeight) < NEAR + (end.current?.offsetHeight ?? 0);
    if (follow && isNear) end.current?.scrollIntoView({ block: 'end' });
  }, [count, follow]);
  return (
    <>
      {shown.length < blocks.length && (
        <button type="button" className="button button-plain button-small" onClick={() => setAll(true)}>
          Show {blocks.length - shown.length} earlier
        </button>
      )}
      <ol className="blocks" aria-live={follow ? 'polite' : 'off'}>
        {shown.map((block) => (
          <li key={block.seq} className={`block block-${block.kind}`}>
            <Block block={block} />
          </li>
        ))}
      </ol>
      <div ref={end} />
    </>
  );
}

const WORDS: Partial<Record<ApiTranscriptEntry['kind'], string>> = {
  prompt: 'Prompt',
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

function Block({ block }: { block: ApiTranscriptEntry }) {
  const { kind, text, at } = block;
  if (kind === 'notice') return <p className="block-aside">{text}</p>;
  if (kind === 'stop') return <p className="block-aside">The agent ended its turn: {text.replaceAll('_', ' ')}</p>;
  const word = WORDS[kind];
  const time = <time dateTime={at}>{preciseClockText(epochOf(at))}</time>;
  if (FOLDED.has(kind)) {
    const first = text.trim().split('\n', 1)[0] ?? '';
    return (
      <details>
        <summary>
          <b>{word}</b> <span className="cut">{first}</span> {time}
        </summary>
        <pre>{text}</pre>
      </details>
    );
  }
  return (
    <>
      <p className="block-head">
        <b>{word}</b> {time}
      </p>
      <pre>{text}</pre>
    </>
  );
}
