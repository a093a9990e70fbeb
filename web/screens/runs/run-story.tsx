/** What happened to a run, in order, from what its record says; the reasons are the daemon's own. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiRun } from '../../../src/client/client.ts';
import { someRuns } from '../../data/runs.ts';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { epochOf, fullText, preciseClockText } from '../../text/time-text.ts';
import { elapsedText } from '../../../src/lib/span-text.ts';

interface Step {
  at: string;
  text: string;
  /** How it ended, for the last one. */
  end?: boolean;
}

export function RunStory({ run }: { run: ApiRun }) {
  const fire = useQuery({ ...someRuns({ fire_id: run.fire_id ?? '' }, 50), enabled: run.fire_id !== undefined });
  const attempts = (fire.data?.runs ?? []).toReversed();
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">What happened</h2>
      <ol className="story">
        {storyOf(run).map(({ at, text, end }) => (
          <li key={`${at} ${text}`} className="story-step" data-end={end === true}>
            <time dateTime={at} title={fullText(epochOf(at))}>
              {preciseClockText(epochOf(at))}
            </time>
            <span>
              {end === true && <StatusMark status={run.status} />} {text}
            </span>
          </li>
        ))}
      </ol>
      {attempts.length > 1 && (
        <>
          <h3 className="story-more">Attempts at this fire</h3>
          <ul>
            {attempts.map((each) => (
              <li key={each.id} className="story-attempt" aria-current={each.id === run.id}>
                <StatusMark status={each.status} />
                <Link to="/runs/$id" params={{ id: each.id }}>
                  Attempt {each.attempt}
                </Link>
                <span className="soft">{statusWord(each)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const KIND_TEXT: Readonly<Record<ApiRun['kind'], string>> = {
  schedule: 'Due by its schedule',
  trigger: 'An event matched',
  manual: 'Asked for by hand',
  replay: 'A delivery was replayed',
  backfill: 'An instant of the past, asked for',
};

/** Steps in the order of time; instants that are the same as the step before say nothing new. */
export function storyOf(run: ApiRun): Step[] {
  const steps: Step[] = [];
  if (run.scheduled_at !== undefined) steps.push({ at: run.scheduled_at, text: KIND_TEXT[run.kind] });
  const byWhom = run.actor !== undefined && run.kind === 'manual' ? ` by ${run.actor}` : '';
  if (run.missed !== undefined && run.missed.count > 1) {
    steps.push({ at: run.missed.last, text: `The last of ${run.missed.count} instants that this row stands for` });
  }
  if (run.status !== 'canceled' || run.started_at !== undefined || run.scheduled_at === undefined) {
    const text = run.scheduled_at === undefined ? `${KIND_TEXT[run.kind]}${byWhom}` : `Accepted${byWhom}`;
    steps.push({ at: run.created_at, text });
  }
  if (run.available_at !== undefined && epochOf(run.available_at) > epochOf(run.created_at)) {
    steps.push({ at: run.available_at, text: 'Was to wait until here' });
  }
  if (run.started_at !== undefined) {
    const waited = epochOf(run.started_at) - epochOf(run.scheduled_at ?? run.created_at);
    steps.push({
      at: run.started_at,
      text: waited > 5_000 ? `The agent started, ${elapsedText(waited)} late` : 'The agent started',
    });
  }
  if (run.permission !== undefined) steps.push({ at: run.permission.asked_at, text: `Asked: ${run.permission.title}` });
  if (run.ended_at !== undefined) {
    const took =
      run.started_at === undefined ? '' : ` after ${elapsedText(epochOf(run.ended_at) - epochOf(run.started_at))}`;
    steps.push({ at: run.ended_at, text: `${capital(statusWord(run))}${took}`, end: true });
  }
  return steps;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
