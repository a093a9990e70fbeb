/** What a reading gave: what was read, or why it could not be. What was read before stays on screen. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PageHead } from './page-head.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export function Loaded<T>(p: {
  of: UseQueryResult<T>;
  /** Of the screen as a whole, where nothing else names it. */
  title?: string;
  children: (data: T) => ReactNode;
}) {
  const { data, error, isPending } = p.of;
  return (
    <>
      {p.title !== undefined && data === undefined && <PageHead title={p.title} />}
      {error !== null && <ProblemNotice error={error} />}
      {data !== undefined && p.children(data)}
      {isPending && error === null && <p className="loading">Reading…</p>}
    </>
  );
}
