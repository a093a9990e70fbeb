/** What a reading gave: what was read, or why it could not be. What was read before stays on screen. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from './problem-notice.tsx';

export function Loaded<T>(p: { of: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { data, error, isPending } = p.of;
  return (
    <>
      {error !== null && <ProblemNotice error={error} />}
      {data !== undefined && p.children(data)}
      {isPending && error === null && <p className="loading">Reading…</p>}
    </>
  );
}
