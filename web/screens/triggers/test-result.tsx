/** What a trial came to: the sentence, every condition, and what the agent would be told. */
import type { ApiTriggerPreview } from '../../../src/client/client.ts';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import '../automations/automation-detail.css';
import './test-result.css';

export function TestResult({ test }: { test: NonNullable<ApiTriggerPreview['test']> }) {
  return (
    <div className="try-result">
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
      {test.prompt !== undefined && test.prompt.trim() !== '' && (
        <pre className="prose-prompt try-prompt" aria-label="What the agent would be told">
          {test.prompt}
        </pre>
      )}
      {test.prompt_error !== undefined && <p className="notice notice-failed">{test.prompt_error}</p>}
    </div>
  );
}
