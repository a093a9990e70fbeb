/** Tasks as the board reads them: each column is a list of its own. */
import { queryOptions } from '@tanstack/react-query';
import { daemon } from './daemon.ts';

/** A board is looked over; who wants the thousandth finished task asks the command line. */
const COLUMN_MAX = 100;

export const tasksIn = (status: 'queued' | 'claimed' | 'completed' | 'failed' | 'canceled') =>
  queryOptions({
    queryKey: ['tasks', status],
    queryFn: ({ signal }) => daemon.tasks.list({ status, limit: COLUMN_MAX }, { signal }),
  });
