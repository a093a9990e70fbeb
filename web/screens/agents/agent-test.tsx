/** Whether a run would start this agent: looked at when somebody asks, without spending money. */
import { useMutation } from '@tanstack/react-query';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';

export function AgentTest({ name }: { name: string }) {
  const mayWrite = useMayWrite();
  const test = useMutation({ mutationFn: () => daemon.agents.test(name) });
  const health = test.data;
  if (!mayWrite) return null;
  return (
    <div className="agent-test">
      {health !== undefined && (
        <p className="small soft" role="status">
          <StatusMark status={health.ready ? 'completed' : 'failed'} />{' '}
          {health.ready
            ? ['ready', health.version, health.detail].filter(Boolean).join(', ')
            : `${health.problem ?? 'not ready'}${health.hint === undefined ? '' : ` ${health.hint}`}`}
        </p>
      )}
      <ProblemNotice error={test.error} />
      <button
        type="button"
        className="button button-small"
        aria-label={`Test ${name}`}
        disabled={test.isPending}
        onClick={() => test.mutate()}
      >
        {test.isPending ? 'Testing…' : 'Test'}
      </button>
    </div>
  );
}
