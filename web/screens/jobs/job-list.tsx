/** All jobs: when each comes next, and how its last runs went. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiJob } from '../../../src/client/client.ts';
import { allJobs } from '../../data/jobs.ts';
import { useMayWrite } from '../../data/session.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FilterChoice } from '../../parts/filter-choice.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { WindowRows } from '../../parts/window-rows.tsx';
import { plural } from '../../text/amount-text.ts';
import { findJobs, type JobWish, tagsOf } from './job-filter.ts';
import { JobRow } from './job-row.tsx';
import './job-list.css';

const ROW_HEIGHT = 53;

export function JobList() {
  const query = useQuery(allJobs());
  const mayWrite = useMayWrite();
  const jobs = query.data?.jobs;
  return (
    <>
      <PageHead
        title="Jobs"
        lead={`What is said to which agent, and when.${jobs === undefined || jobs.length === 0 ? '' : ` ${plural(jobs.length, 'job')}.`}`}
        actions={
          mayWrite && (
            <Link to="/jobs/new" className="button button-primary">
              New job
            </Link>
          )
        }
      />
      <Loaded of={query}>
        {({ jobs: all, cut }) => (all.length === 0 ? <NoJobs /> : <Jobs all={all} cut={cut} />)}
      </Loaded>
    </>
  );
}

function NoJobs() {
  return (
    <div className="panel">
      <EmptyState title="No jobs yet">
        <p>
          Create one here or with <code>rouse jobs create</code>, or write it into <code>rouse.toml</code>, where it can
          be reviewed like code.
        </p>
      </EmptyState>
    </div>
  );
}

function Jobs({ all, cut }: { all: readonly ApiJob[]; cut: boolean }) {
  const [wish, setWish] = useState<JobWish>({ words: '', tag: '', state: '', order: '' });
  const set = (part: Partial<JobWish>): void => setWish({ ...wish, ...part });
  const found = findJobs(all, wish);
  return (
    <>
      <div className="job-filters">
        <input
          type="search"
          className="input"
          placeholder="Find by name, agent or description"
          aria-label="Find jobs"
          value={wish.words}
          onChange={(event) => set({ words: event.target.value })}
        />
        <FilterChoice
          name="Show"
          none="all"
          value={wish.state}
          choices={[
            ['on', 'on'],
            ['off', 'off'],
            ['failing', 'failing'],
            ['blocked', 'held back'],
          ]}
          onChoose={(state) => set({ state: state as JobWish['state'] })}
        />
        <FilterChoice
          name="Order"
          none="by name"
          value={wish.order}
          choices={[
            ['next', 'next first'],
            ['last', 'last run first'],
          ]}
          onChoose={(order) => set({ order: order as JobWish['order'] })}
        />
        {tagsOf(all).map((each) => (
          <button
            key={each}
            type="button"
            className="chip chip-button"
            aria-pressed={wish.tag === each}
            onClick={() => set({ tag: wish.tag === each ? '' : each })}
          >
            {each}
          </button>
        ))}
      </div>
      {found.length === 0 ? (
        <EmptyState title="No job matches" />
      ) : (
        <>
          <p className="job-head" aria-hidden>
            <span />
            <span>Job</span>
            <span>Last runs</span>
            <span>Last</span>
            <span>Next</span>
          </p>
          <WindowRows
            items={found}
            label="Jobs"
            height={ROW_HEIGHT}
            keyOf={({ id }) => id}
            row={(job) => <JobRow job={job} />}
          />
        </>
      )}
      {cut && <p className="faint">There are more; find them by name with the command line.</p>}
    </>
  );
}
