/** What a trigger would do, while it is being written: on a sample event, condition by condition, with its prompt. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { daemon } from '../../data/daemon.ts';
import { PromptField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import { jsonObject } from './json-object.ts';
import { sampleData } from './sample-data.ts';
import { TestResult } from './test-result.tsx';
import type { TriggerBody } from './trigger-draft.ts';

/** What nobody has got to yet is no mistake while a form is being filled in. */
const LATER: ReadonlySet<string> = new Set(['required']);

export function TriggerPreview({ body }: { body: TriggerBody }) {
  const [typed, setTyped] = useState<string | undefined>();
  const text = typed ?? JSON.stringify(sampleData(body), undefined, 2);
  const data = jsonObject(text);
  const asked = useSettled(JSON.stringify({ trigger: body, envelope: { data: data ?? {} } }));
  const preview = useQuery({
    queryKey: ['preview', 'trigger', asked],
    queryFn: ({ signal }) => daemon.triggers.preview(JSON.parse(asked), { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
  const problems = (preview.data?.problems ?? []).filter(({ code }) => !LATER.has(code));
  return (
    <aside className="panel preview" aria-label="What this trigger would do">
      <div className="panel-head">
        <h2>What this would do</h2>
        <span className="panel-aside">nothing is started</span>
      </div>
      <div className="panel-body try">
        <PromptField
          label="On an event with this data"
          rows={3}
          value={text}
          onChange={setTyped}
          error={data === undefined ? 'This is no JSON object.' : undefined}
        />
        <div className="preview-answer" aria-live="polite">
          {problems.map(({ path, message }) => (
            <p key={path + message} className="preview-wrong">
              <code>{path.replace(/^trigger\./, '')}</code> {message}
            </p>
          ))}
          {preview.error !== null && <ProblemNotice error={preview.error} />}
          {preview.data?.test !== undefined && <TestResult test={preview.data.test} />}
          {body.prompt.trim() === '' && (
            <p className="faint">Once there is a prompt, it stands here as the agent would get it.</p>
          )}
        </div>
      </div>
    </aside>
  );
}
