/** The three answers in one sentence. */
import type { ApiJob, ApiRun } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';
import { relativeText } from '../../../src/lib/span-text.ts';

export function headline(p: {
  running: readonly ApiRun[];
  jobs: readonly ApiJob[];
  needs: number;
  now: number;
}): string {
  const count = p.running.length;
  const runs =
    count === 0 ? 'Nothing is running.' : count === 1 ? 'One run is under way.' : `${count} runs are under way.`;
  const needs =
    p.needs === 0 ? 'Nothing needs you.' : p.needs === 1 ? 'One thing needs you.' : `${p.needs} things need you.`;
  return `${runs} ${nextSentence(p)} ${needs}`;
}

function nextSentence({ jobs, now }: { jobs: readonly ApiJob[]; now: number }): string {
  const next = jobs
    .filter(({ blocked }) => blocked === undefined)
    .flatMap(({ name, next_fires }) => next_fires.slice(0, 1).map(({ at }) => ({ name, at: epochOf(at) })))
    .toSorted((a, b) => a.at - b.at)[0];
  if (next === undefined) return 'Nothing is scheduled to come.';
  return next.at <= now ? `${next.name} is due.` : `${next.name} is next, ${relativeText(next.at, now)}.`;
}
