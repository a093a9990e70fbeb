/** What was said and done in a run, as it is said. Tool calls are folded; the end stays in view while it grows. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ApiRun, ApiTranscriptEntry } from '../../../src/client/client.ts';
import { isFinished } from '../../../src/model/run.ts';
import { transcriptOf } from '../../data/transcript.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { countText } from '../../text/amount-text.ts';
import { AllBlocks } from './all-blocks.tsx';
import { TranscriptBlock } from './transcript-block.tsx';
import { mergeWords } from './merge-words.ts';

/** So near to its end counts as reading along, in pixels. */
const NEAR = 80;
/** Beyond this many blocks the beginning is folded away until somebody wants it. */
const BLOCKS_SHOWN = 300;

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
  const blocks = useMemo(() => mergeWords(entries), [entries]);
  const hidden = blocks.length - BLOCKS_SHOWN;
  const count = entries.length;
  useEffect(() => {
    const { scrollHeight } = document.documentElement;
    const isNear = scrollHeight - (window.scrollY + window.innerHeight) < NEAR + (end.current?.offsetHeight ?? 0);
    if (follow && isNear) end.current?.scrollIntoView({ block: 'end' });
  }, [count, follow]);
  return (
    <>
      {all ? (
        <AllBlocks blocks={blocks} />
      ) : (
        <>
          {hidden > 0 && (
            <button type="button" className="button button-plain button-small" onClick={() => setAll(true)}>
              Show {countText(hidden)} earlier
            </button>
          )}
          <ol className="blocks" aria-live={follow ? 'polite' : 'off'}>
            {blocks.slice(-BLOCKS_SHOWN).map((block) => (
              <li key={block.seq} className={`block block-${block.kind}`}>
                <TranscriptBlock block={block} />
              </li>
            ))}
          </ol>
        </>
      )}
      <div ref={end} />
    </>
  );
}
