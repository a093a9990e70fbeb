/** What narrows the list of runs. */
import { useQuery } from '@tanstack/react-query';
import { RUN_REASONS, RUN_STATUSES } from '../../../src/model/run.ts';
import { allJobs } from '../../data/jobs.ts';
import { allTriggers } from '../../data/triggers.ts';
import { FilterChoice } from '../../parts/filter-choice.tsx';
import { STATUS_WORDS } from '../../parts/status-mark.tsx';
import { readRunSearch, type RunSearch } from './run-search.ts';

const AGES = [
  ['1h', 'the last hour'],
  ['24h', 'the last day'],
  ['168h', 'the last week'],
] as const;

export function RunFilters({ search, onChange }: { search: RunSearch; onChange: (search: RunSearch) => void }) {
  const jobs = useQuery(allJobs()).data?.jobs ?? [];
  const triggers = useQuery(allTriggers()).data ?? [];
  const set = (name: keyof RunSearch, value: string): void => onChange(readRunSearch({ ...search, [name]: value }));
  const choose = (id: string): void => {
    const { job_id: _, trigger_id: __, ...others } = search;
    onChange(readRunSearch({ ...others, [triggers.some((each) => each.id === id) ? 'trigger_id' : 'job_id']: id }));
  };
  const isFiltered = Object.keys(search).length > 0;
  return (
    <div className="filters">
      <FilterChoice
        name="Status"
        value={search.status}
        choices={RUN_STATUSES.map((status) => [status, STATUS_WORDS[status]])}
        onChoose={(value) => set('status', value)}
      />
      <FilterChoice
        name="Reason"
        value={search.reason}
        choices={RUN_REASONS.map((reason) => [reason, reason.replaceAll('_', ' ')])}
        onChoose={(value) => set('reason', value)}
      />
      <FilterChoice
        name="Of"
        value={search.job_id ?? search.trigger_id}
        choices={[...jobs, ...triggers].map(({ id, name }) => [id, name])}
        onChoose={choose}
      />
      <FilterChoice name="Since" value={search.since} choices={AGES} onChoose={(value) => set('since', value)} />
      {isFiltered && (
        <button type="button" className="button button-plain button-small" onClick={() => onChange({})}>
          Show all
        </button>
      )}
    </div>
  );
}
