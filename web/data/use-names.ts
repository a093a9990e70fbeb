/** Names of automations by id, from what the page knows. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type AutomationNames, namesOf } from '../text/run-text.ts';
import { allJobs } from './jobs.ts';
import { allTriggers } from './triggers.ts';

export function useNames(): AutomationNames {
  const jobs = useQuery(allJobs()).data?.jobs;
  const triggers = useQuery(allTriggers()).data;
  return useMemo(() => namesOf([...(jobs ?? []), ...(triggers ?? [])]), [jobs, triggers]);
}
