/** All jobs: when each comes next, and how its last runs went. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { allJobs } from '../../data/jobs.ts';
import { useMayWrite } from '../../data/session.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { findJobs, tagsOf } from './job-filter.ts';
import { JobRow } from './job-row.tsx';
import './job-list.css';

export function JobList() {
  const query = useQuery(allJobs());
  const mayWrite = useMayWrite();
  const [words, setWords] = useState('');
  const [tag, setTag] = useState('');
  return (
    <>
      <PageHead
        title="Jobs"
        lead="What is said to which agent, and when."
        actions={
          mayWrite && (
            <Link to="/jobs/new" className="button button-primary">
              New job
            </Link>
          )
        }
      />
      <Loaded of={query}>
        {({ jobs, cut }) =>
          jobs.length === 0 ? (
            <div className="panel">
              <EmptyState title="No jobs yet">
                <p>
                  Create one here or with <code>rouse jobs create</code>, or write it into <code>rouse.toml</code>,
                  where it can be reviewed like code.
                </p>
              </EmptyState>
            </div>
          ) : (
            <>
              <div className="job-filters">
                <input
                  type="search"
                  className="input"
                  placeholder="Find by name, agent or description"
                  aria-label="Find jobs"
                  value={words}
                  onChange={(event) => setWords(event.target.value)}
                />
                {tagsOf(jobs).map((each) => (
                  <button
                    key={each}
                    type="button"
                    className="chip chip-button"
                    aria-pressed={tag === each}
                    onClick={() => setTag(tag === each ? '' : each)}
                  >
                    {each}
                  </button>
                ))}
              </div>
              <ul className="job-rows">
                {findJobs(jobs, { words, tag }).map((job) => (
                  <JobRow key={job.id} job={job} />
                ))}
              </ul>
              {findJobs(jobs, { words, tag }).length === 0 && <EmptyState title="No job matches" />}
              {cut && <p className="faint">There are more; find them by name with the command line.</p>}
            </>
          )
        }
      </Loaded>
    </>
  );
}
