/** Finds jobs by what a person remembers of them. */
import type { ApiJob } from '../../../src/client/client.ts';

export function findJobs(jobs: readonly ApiJob[], p: { words: string; tag: string }): ApiJob[] {
  const words = p.words.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter((job) => {
    const text = `${job.name} ${job.agent_name} ${job.description ?? ''} ${job.schedule_text ?? ''}`.toLowerCase();
    return (p.tag === '' || job.tags?.includes(p.tag) === true) && words.every((word) => text.includes(word));
  });
}

export function tagsOf(jobs: readonly ApiJob[]): string[] {
  return [...new Set(jobs.flatMap(({ tags }) => tags ?? []))].toSorted();
}
