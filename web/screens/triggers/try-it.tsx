/** Tries a trigger on an envelope without anything happening: every condition, and what the agent would be told. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiTrigger, ApiTriggerTest } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { eventOf } from '../../data/triggers.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { PromptField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { sampleData } from './sample-data.ts';

export function TryIt({ trigger }: { trigger: ApiTrigger }) {
  const last = trigger.recent_events?.[0]?.event_id;
  const lastEvent = useQuery({ ...eventOf(last ?? ''), enabled: last !== undefined }).data;
  const [typed, setTyped] = useState<string | undefined>();
  const text = typed ?? JSON.stringify(sampleData(trigger), undefined, 2);
  const data = parsed(text);
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
        {test.data !== undefined && <TestResult test={test.data} />}
      </div>
    </section>
  );
}

function TestResult({ test }: { test: ApiTriggerTest }) {
  return (
    <div className="try-result" aria-live="polite">
      <p className="try-sentence">
        <Sentence of={test.sentence} />
      </p>
      <ul>
        {test.conditions.map(({ condition, of, holds, detail }) => (
          <li key={`${condition} ${of ?? ''}`} className="try-condition">
            <StatusMark status={holds ? 'completed' : 'failed'} label={holds ? 'holds' : 'does not hold'} />
            <span>
              <b>{condition.replaceAll('_', ' ')}</b> {of !== undefined && <code>{of}</code>}{' '}
              <span className="soft">{detail}</span>
            </span>
          </li>
        ))}
      </ul>
      {test.prompt !== undefined && <pre className="prose-prompt try-prompt">{test.prompt}</pre>}
      {test.prompt_error !== undefined && <p className="notice notice-failed">{test.prompt_error}</p>}
    </div>
  );
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
