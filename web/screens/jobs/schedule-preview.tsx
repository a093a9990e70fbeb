/** What a schedule means, while it is being written: in words, and as the next instants. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../src/client/api-error.ts';
import { daemon } from '../../data/daemon.ts';
import { FireList } from '../../parts/fire-list.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import type { SpecBody } from './job-draft.ts';

export function SchedulePreview({ spec }: { spec: SpecBody }) {
  const asked = useSettled(JSON.stringify(spec));
  const preview = useQuery({
    queryKey: ['preview', asked],
    queryFn: ({ signal }) => daemon.schedule.preview({ spec: JSON.parse(asked) as SpecBody, count: 5 }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const problems = preview.error instanceof ApiError ? preview.error.errors : [];
  return (
    <aside className="panel preview" aria-label="What this schedule means" aria-live="polite">
      <div className="panel-head">
        <h2>What this means</h2>
      </div>
      <div className="panel-body">
        {problems.length > 0 ? (
          problems.map(({ path, message }) => (
            <p key={path + message} className="preview-wrong">
              {message}
            </p>
          ))
        ) : preview.error !== null ? (
          <ProblemNotice error={preview.error} />
        ) : (
          preview.data !== undefined && (
            <>
              <p className="preview-words">{sentence(preview.data.text)}</p>
              <FireList fires={preview.data.fires} />
              {preview.data.fires.length === 0 && <p className="preview-wrong">It never fires.</p>}
            </>
          )
        )}
      </div>
    </aside>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
