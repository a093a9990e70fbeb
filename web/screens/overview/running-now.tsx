/** What is under way, with the last words of each. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiRun, ApiTranscriptEntry } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { useNames } from '../../data/use-names.ts';
import { transcriptOf } from '../../data/transcript.ts';
import { StatusMark } from '../../parts/status-mark.tsx';
import { automationOf } from '../../text/run-text.ts';
import { epochOf } from '../../text/time-text.ts';
import { elapsedText } from '../../../src/lib/span-text.ts';

const TAIL_LINES = 2;
/** Kinds that are not the agent's own words or deeds. */
const SILENT: ReadonlySet<string> = new Set(['prompt', 'stop', 'truncated']);

export function RunningNow(p: { runs: readonly ApiRun[]; isRead: boolean }) {
  const names = useNames();
  return (
    <section className="panel" aria-labelledby="running-title">
      <div className="panel-head">
        <h2 id="running-title">Running now</h2>
        {p.runs.length > 0 && <span className="panel-aside">{p.runs.length}</span>}
      </div>
      {p.runs.length === 0 && p.isRead && <p className="overview-calm">No agent is at work.</p>}
      <ul>
        {p.runs.map((run) => (
          <RunningRun key={run.id} run={run} name={automationOf(run, names)} />
        ))}
      </ul>
    </section>
  );
}

function RunningRun({ run, name }: { run: ApiRun; name: string }) {
  const now = useNow();
  const { data } = useQuery(transcriptOf(run.id));
  const tail = tailOf(data?.entries ?? []);
  const since = epochOf(run.started_at ?? run.created_at);
  return (
    <li className="running" data-row>
      <StatusMark status="running" />
      <div className="running-words">
        <p className="running-title">
          <Link to="/runs/$id" params={{ id: run.id }}>
            {name}
          </Link>
          <span className="running-time">
            {run.permission === undefined ? elapsedText(Math.max(0, now - since)) : 'waits for an answer'}
          </span>
        </p>
        <div className="running-tail mono" aria-live="off">
          {tail.length === 0 ? (
            <p className="faint">Nothing said yet.</p>
          ) : (
            tail.map(({ key, text }) => <p key={key}>{text}</p>)
          )}
        </div>
      </div>
    </li>
  );
}

/** The last lines that are not empty, newest last. */
export function tailOf(entries: readonly ApiTranscriptEntry[]): { key: string; text: string }[] {
  const lines: { key: string; text: string }[] = [];
  for (const entry of entries.toReversed()) {
    if (SILENT.has(entry.kind)) continue;
    const own = entry.text.split('\n').filter((line) => line.trim() !== '');
    for (const [index, text] of [...own.entries()].toReversed()) {
      lines.unshift({ key: `${entry.seq}.${index}`, text });
      if (lines.length === TAIL_LINES) return lines;
    }
  }
  return lines;
}
