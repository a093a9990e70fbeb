/**
 * Keeps what the page knows of single jobs and triggers true. A run of one of five thousand jobs must not make the page
 * read all of them again: the one that changed is read, and takes its place in the lists.
 */
import { ApiError } from '../../src/client/api-error.ts';
import { after } from '../clock/browser-clock.ts';
import { cache } from './cache.ts';
import { daemon } from './daemon.ts';
import { allJobs, jobOf } from './jobs.ts';
import { putIn } from './named-list.ts';
import { allTriggers, triggerOf } from './triggers.ts';

type Area = 'jobs' | 'triggers';

/** With more than so many at once, the whole list is one question instead of many. */
const FEW = 20;
/** Milliseconds in which changes are gathered. */
const GATHER_MS = 800;

const changed: Record<Area, Set<string>> = { jobs: new Set(), triggers: new Set() };
const waiting: Partial<Record<Area, () => void>> = {};

/** Something happened to this one: it is read again soon, and once for all that happened meanwhile. */
export function noteChanged(area: Area, id: string): void {
  changed[area].add(id);
  waiting[area] ??= after(GATHER_MS, () => {
    delete waiting[area];
    const ids = [...changed[area]];
    changed[area].clear();
    if (ids.length > FEW) void cache.invalidateQueries({ queryKey: [area] });
    else for (const each of ids) void refresh(area, each);
  });
}

async function refresh(area: Area, id: string): Promise<void> {
  try {
    if (area === 'jobs') {
      const found = await daemon.jobs.get(id);
      cache.setQueryData(allJobs().queryKey, (known) => known && { ...known, jobs: putIn(known.jobs, found.job) });
      if (cache.getQueryData(jobOf(id).queryKey) !== undefined) cache.setQueryData(jobOf(id).queryKey, found);
    } else {
      const found = await daemon.triggers.get(id);
      cache.setQueryData(allTriggers().queryKey, (known) => known && putIn(known, found.trigger));
      if (cache.getQueryData(triggerOf(id).queryKey) !== undefined) cache.setQueryData(triggerOf(id).queryKey, found);
    }
    // A list that is being read may hold this one as it was; what stands in it then must be put right once more.
    if (cache.isFetching({ queryKey: [area, 'all'] }) > 0) noteChanged(area, id);
  } catch (error) {
    // It is gone, or nobody knows: then the lists are asked.
    if (error instanceof ApiError && error.status === 404) takeOut(area, id);
    else void cache.invalidateQueries({ queryKey: [area] });
  }
}

function takeOut(area: Area, id: string): void {
  const others = <T extends { id: string }>(list: readonly T[]): T[] => list.filter((each) => each.id !== id);
  if (area === 'jobs') {
    cache.setQueryData(allJobs().queryKey, (known) => known && { ...known, jobs: others(known.jobs) });
  } else cache.setQueryData(allTriggers().queryKey, (known) => known && others(known));
  void cache.invalidateQueries({ queryKey: [area, 'one', id] });
}
