/** What an agent asks, with its own options as buttons: answered where it is seen. */
import type { ApiRun } from '../../src/client/client.ts';
import { useNow } from '../clock/use-now.ts';
import { daemon } from '../data/daemon.ts';
import { epochOf } from '../text/time-text.ts';
import { relativeText } from '../../src/lib/span-text.ts';
import { ActionButton } from './action-button.tsx';

export function PermissionQuestion({ run }: { run: ApiRun }) {
  const now = useNow();
  const { permission } = run;
  if (permission === undefined) return null;
  return (
    <div className="question">
      <div className="question-answers">
        {permission.options.map(({ option_id, name, kind }) => (
          <ActionButton
            key={option_id}
            act={() => daemon.runs.answerPermission(run.id, { option_id })}
            done={`Answered: ${name}.`}
            areas={['runs', 'run']}
            className={kind === 'allow_once' ? 'button button-small button-primary' : 'button button-small'}
          >
            {name}
          </ActionButton>
        ))}
      </div>
      <p className="question-facts">
        <code>{permission.tool}</code> denied {relativeText(epochOf(permission.deadline_at), now)} unless answered
      </p>
    </div>
  );
}
