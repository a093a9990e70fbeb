/** Tries a trigger on an envelope without anything happening: every condition, and what the agent would be told. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { eventOf } from '../../data/triggers.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { PromptField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { jsonObject } from './json-object.ts';
import { sampleData } from './sample-data.ts';
import { TestResult } from './test-result.tsx';

export function TryIt({ trigger }: { trigger: ApiTrigger }) {
  const last = trigger.recent_events?.[0]?.event_id;
  const lastEvent = useQuery({ ...eventOf(last ?? ''), enabled: last !== undefined }).data;
  const [typed, setTyped] = useState<string | undefined>();
  const text = typed ?? JSON.stringify(sampleData(trigger), undefined, 2);
  const data = jsonObject(text);
  const test = useMutation({ mutationFn: () => daemon.triggers.test(trigger.id, { envelope: { data: data ?? {} } }) });
  const change = (value: string): void => {
    setTyped(value);
    test.reset();
  };
  return (
    <section className="panel" aria-labelledby="try-title">
      <div className="panel-head">
        <h2 id="try-title">Try it</h2>
        <span className="panel-aside">nothing is started</span>
      </div>
      <div className="panel-body try">
        <PromptField
          label="Data of the event"
          value={text}
          onChange={change}
          error={data === undefined ? 'This is no JSON object.' : undefined}
        />
        <div className="try-actions">
          <button
            type="button"
            className="button"
            disabled={data === undefined || test.isPending}
            onClick={() => test.mutate()}
          >
            Test
          </button>
          {lastEvent !== undefined && (
            <button
              type="button"
              className="button button-plain"
              onClick={() => change(JSON.stringify(lastEvent.data, undefined, 2))}
            >
              Take the last event
            </button>
          )}
          {data !== undefined && (
            <ActionButton
              act={() => daemon.triggers.run(trigger.id, { envelope: { data } })}
              done={`${trigger.name} was accepted to run.`}
              areas={['runs', 'triggers']}
              className="button button-plain"
            >
              Run it for real
            </ActionButton>
          )}
        </div>
        <ProblemNotice error={test.error} />
        <div aria-live="polite">{test.data !== undefined && <TestResult test={test.data} />}</div>
      </div>
    </section>
  );
}
