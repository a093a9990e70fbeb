/** Who can be woken, and whether something holds them back. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApiAgent } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { daemon } from '../../data/daemon.ts';
import { allAgents, usageSince } from '../../data/house.ts';
import { allJobs } from '../../data/jobs.ts';
import { someRuns } from '../../data/runs.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { countText, moneyText, plural } from '../../text/amount-text.ts';
import { epochOf, momentText } from '../../text/time-text.ts';
import { AgentTest } from './agent-test.tsx';
import './agent-list.css';

export function AgentList() {
  const query = useQuery(allAgents());
  return (
    <>
      <PageHead
        title="Agents"
        lead="Who can be woken. Agents are defined in files; what they may know of secrets stays there."
      />
      <Loaded of={query}>
        {(agents) =>
          agents.length === 0 ? (
            <div className="panel">
              <EmptyState title="No agent is configured">
                <p>
                  Add <code>[agents.name]</code> to <code>rouse.toml</code>. The file is watched, so it shows here at
                  once.
                </p>
              </EmptyState>
            </div>
          ) : (
            <ul className="agents">
              {agents.map((agent) => (
                <AgentItem key={agent.name} agent={agent} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

function AgentItem({ agent }: { agent: ApiAgent }) {
  const now = useNow(10_000);
  const jobs = (useQuery(allJobs()).data?.jobs ?? []).filter(({ agent_name }) => agent_name === agent.name);
  const ids = new Set(jobs.map(({ id }) => id));
  const running = (useQuery(someRuns({ status: 'running' }, 50)).data?.runs ?? []).filter(({ job_id }) =>
    ids.has(job_id ?? ''),
  );
  const usage = useQuery(usageSince('168h')).data;
  const days = (usage?.days ?? []).filter(({ agent_name }) => agent_name === agent.name);
  const [tokens, cost] = [sum(days.map((day) => day.tokens)), sum(days.map((day) => day.cost_usd))];
  return (
    <li className="panel agent" data-row>
      <div className="agent-head">
        <h2>{agent.name}</h2>
        <span className="chip">{agent.type === 'acp' ? 'Agent Client Protocol' : agent.type}</span>
        {agent.program !== undefined && <code className="faint cut">{agent.program}</code>}
        <AgentTest name={agent.name} />
      </div>
      {agent.held_until !== undefined && (
        <div className="notice agent-held">
          <p>
            Held until {momentText(epochOf(agent.held_until), now)}: {agent.held_reason ?? 'its account is exhausted'}.
            Its runs wait.
          </p>
          <ActionButton
            act={() => daemon.agents.release(agent.name)}
            done={`${agent.name} is free again.`}
            areas={['agents', 'runs']}
          >
            Release now
          </ActionButton>
        </div>
      )}
      <dl className="agent-facts">
        <div>
          <dt>Now</dt>
          <dd className="agent-jobs">
            {running.length === 0
              ? 'at rest'
              : running.map((run) => (
                  <Link key={run.id} to="/runs/$id" params={{ id: run.id }}>
                    <StatusMark status="running" /> {jobs.find(({ id }) => id === run.job_id)?.name}
                  </Link>
                ))}
          </dd>
        </div>
        <div>
          <dt>At once</dt>
          <dd>{agent.max_concurrent === 0 ? 'no limit of its own' : plural(agent.max_concurrent, 'run')}</dd>
        </div>
        <div>
          <dt>Permissions</dt>
          <dd>{PERMISSION_TEXT[agent.permission] ?? agent.permission}</dd>
        </div>
        <div>
          <dt>Seven days</dt>
          <dd>{usage === undefined ? '–' : `${countText(tokens)} tokens, ${moneyText(cost)}`}</dd>
        </div>
        <div>
          <dt>Environment</dt>
          <dd>
            {[...agent.env, ...agent.env_pass].length === 0 ? (
              'nothing'
            ) : (
              <code>{[...agent.env, ...agent.env_pass].join(', ')}</code>
            )}
          </dd>
        </div>
        <div className="agent-wide">
          <dt>Jobs</dt>
          <dd className="agent-jobs">
            {jobs.length === 0 && 'none'}
            {jobs.slice(0, 8).map(({ id, name }) => (
              <Link key={id} to="/jobs/$id" params={{ id }}>
                {name}
              </Link>
            ))}
            {jobs.length > 8 && `and ${jobs.length - 8} more`}
          </dd>
        </div>
      </dl>
    </li>
  );
}

const PERMISSION_TEXT: Readonly<Record<string, string>> = {
  ask: 'a person is asked',
  allow: 'everything is allowed',
  deny: 'everything is refused',
};

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
