/** Which jobs of the list somebody wants to see, and in which order. */
import type { ApiJob } from '../../../src/client/client.ts';
import { epochOf } from '../../text/time-text.ts';

export interface JobWish {
  words: string;
  tag: string;
  /** Empty: all. */
  state: '' | 'on' | 'off' | 'failing' | 'blocked';
  /** Empty: by name. */
  order: '' | 'next' | 'last';
}

export function tagsOf(jobs: readonly ApiJob[]): string[] {
  return [...new Set(jobs.flatMap(({ tags }) => tags ?? []))].toSorted();
}

/** Every word must occur somewhere in what is shown of a job. `jobs` come by name. */
export function findJobs(jobs: readonly ApiJob[], wish: JobWish): readonly ApiJob[] {
  const words = wish.words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = jobs.filter((job) => {
    if (wish.tag !== '' && !(job.tags ?? []).includes(wish.tag)) return false;
    if (!isIn(job, wish.state)) return false;
    if (words.length === 0) return true;
    const text =
      `${job.name} ${job.agent_name} ${job.description ?? ''} ${job.schedule_text ?? ''} ${(job.tags ?? []).join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (wish.order === '') return found;
  const place = wish.order === 'next' ? nextPlace : lastPlace;
  return found.toSorted((a, b) => place(a) - place(b));
}

function isIn(job: ApiJob, state: JobWish['state']): boolean {
  switch (state) {
    case '':
      return true;
    case 'on':
      return job.effective_enabled;
    case 'off':
      return !job.effective_enabled;
    case 'failing':
      return job.last_run?.status === 'failed';
    case 'blocked':
      return job.blocked !== undefined;
  }
}

/** What never comes is last. */
const nextPlace = (job: ApiJob): number => epochOf(job.next_fires[0]?.at) ?? Infinity;
const lastPlace = (job: ApiJob): number => -(epochOf(job.last_run?.created_at) ?? 0);
