/** Hooks: what is called at which moment, how those calls went, and a call to try one. */
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ApiHook } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { allHooks } from '../../data/house.ts';
import { useMayWrite } from '../../data/session.ts';
import { announce } from '../../parts/announcer.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { HookCalls } from './hook-calls.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

export function HooksScreen() {
  const query = useQuery(allHooks());
  return (
    <SettingsFrame
      title="Hooks"
      lead="Programs and addresses that are told what happens, or asked before something starts. They are defined in files."
    >
      <SettingsPart title="Defined">
        <Loaded of={query}>
          {(hooks) =>
            hooks.length === 0 ? (
              <EmptyState title="No hook is defined">
                <p>
                  Add <code>[[hooks]]</code> to <code>rouse.toml</code>: with a command or a url, and the moments at
                  which it is called.
                </p>
              </EmptyState>
            ) : (
              <ul className="panel-body">
                {hooks.map((hook) => (
                  <HookRecord key={hook.name} hook={hook} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </SettingsPart>
      <HookCalls />
    </SettingsFrame>
  );
}

function HookRecord({ hook }: { hook: ApiHook }) {
  const mayWrite = useMayWrite();
  const { name, kind, target, timeout, events, match } = hook;
  const only = Object.values(match).filter((each) => each !== undefined);
  const test = useMutation({
    mutationFn: () => daemon.hooks.test(name),
    onSuccess: async ({ call }) => {
      announce(`${name} was called: ${call.state}.`);
      await cache.invalidateQueries({ queryKey: ['hooks'] });
    },
  });
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{name}</b> <span className="chip">{kind}</span> <code className="faint">{target}</code>
        </p>
        <p className="record-more">
          <span>at {events.map((event) => event.replace('automation.', '')).join(', ')}</span>
          {only.length > 0 && <span>only for {only.join(', ')}</span>}
          <span>at most {timeout}</span>
        </p>
        {test.data !== undefined && (
          <p className="record-more" role="status">
            <StatusMark status={test.data.call.state === 'completed' ? 'completed' : 'failed'} />
            <span>
              {test.data.call.detail ?? test.data.call.state}
              {test.data.call.duration_ms === undefined ? '' : `, ${test.data.call.duration_ms} ms`}
            </span>
            {test.data.answer !== undefined && <code>{test.data.answer}</code>}
          </p>
        )}
      </div>
      {mayWrite && (
        <div className="record-commands">
          <button
            type="button"
            className="button button-small"
            aria-label={`Test ${name}`}
            disabled={test.isPending}
            onClick={() => test.mutate()}
          >
            {test.isPending ? 'Calling…' : 'Test'}
          </button>
        </div>
      )}
      <ProblemNotice error={test.error} />
    </li>
  );
}
