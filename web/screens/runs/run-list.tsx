/** All runs, newest first, through filters that stand in the address. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { runPages } from '../../data/runs.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { RunFilters } from './run-filters.tsx';
import type { RunSearch } from './run-search.ts';
import { RunRows } from './run-rows.tsx';

export function RunList() {
  const search: RunSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const query = useInfiniteQuery(runPages(search));
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  const isFiltered = Object.keys(search).length > 0;
  return (
    <>
      <PageHead title="Runs" lead="Every fire ends in one of these rows, also when nothing could run." />
      <RunFilters
        search={search}
        onChange={(next) => void navigate({ to: '/runs', search: next as never, replace: true })}
      />
      <ProblemNotice error={query.error} />
      {query.isSuccess && runs.length === 0 && (
        <div className="panel">
          <EmptyState title={isFiltered ? 'No run matches' : 'Nothing has run yet'}>
            {isFiltered
              ? 'Take a filter off to see more.'
              : 'A job that is on leaves its first row here when it fires; “Run now” on a job does not wait for that.'}
          </EmptyState>
        </div>
      )}
      {runs.length > 0 && (
        <RunRows
          runs={runs}
          onEnd={() => {
            if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
          }}
          more={query.hasNextPage}
          reading={query.isFetchingNextPage}
        />
      )}
    </>
  );
}
