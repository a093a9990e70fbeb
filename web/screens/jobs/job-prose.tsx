/** A job as sentences, with its coming fires and what its policies do. */
import { useQuery } from '@tanstack/react-query';
import type { ApiJob } from '../../../src/client/client.ts';
import { allWorkspaces } from '../../data/house.ts';
import { FireList } from '../../parts/fire-list.tsx';
import { scheduleWords } from '../../text/run-text.ts';
import { moneyText } from '../../text/amount-text.ts';

export function JobProse({ job }: { job: ApiJob }) {
  const workspaces = useQuery(allWorkspaces()).data ?? [];
  const place = workspaces.find(({ id }) => id === job.workspace_id)?.name ?? job.workspace_id;
  const words = scheduleWords(job);
  return (
    <div className="prose">
      <p className="prose-lead">
        <b>{words.charAt(0).toUpperCase() + words.slice(1)}</b>
        {job.task === undefined ? (
          <>
            , ask <b>{job.agent_name}</b>
            {place !== undefined && (
              <>
                {' '}
                in <b>{place}</b>
              </>
            )}
            :
          </>
        ) : (
          ', hand over a task:'
        )}
      </p>
      <pre className="prose-prompt">{job.prompt === '' ? (job.task?.title ?? '') : job.prompt}</pre>
      <section aria-labelledby="next-title">
        <h2 id="next-title">Next</h2>
        {job.next_fires.length === 0 ? (
          <p className="faint">{job.effective_enabled ? 'Nothing is to come.' : 'It is off, so nothing is to come.'}</p>
        ) : (
          <FireList fires={job.next_fires} />
        )}
      </section>
      {job.spent !== undefined && job.budget !== undefined && (
        <p>
          Spent {moneyText(job.spent.cost_usd)}
          {job.budget.cost_usd === undefined ? '' : ` of ${moneyText(job.budget.cost_usd)}`} in the last{' '}
          {job.budget.window ?? '24h'}.
        </p>
      )}
    </div>
  );
}
