/** The state of a form about an automation: what was typed, what the daemon said about it, and sending it. */
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../../src/client/api-error.ts';

export interface DraftFields<Draft> {
  draft: Draft;
  set: (name: keyof Draft & string) => (value: string) => void;
  /** What the daemon said of a field, by its path below the automation; of what stands in it, too. */
  error: (path: string) => string | undefined;
}

export function useDraft<Draft extends object, Body>(p: {
  start: Draft;
  /** What the paths of problems begin with: `job` or `trigger`. */
  subject: string;
  bodyOf: (draft: Draft) => Body;
  submit: (body: Body) => Promise<void>;
}) {
  const [draft, setDraft] = useState(p.start);
  const saving = useMutation({ mutationFn: () => p.submit(p.bodyOf(draft)) });
  const problems = saving.error instanceof ApiError ? saving.error.errors : [];
  const fields: DraftFields<Draft> = {
    draft,
    set: (name) => (value) => setDraft((before) => ({ ...before, [name]: value })),
    error: (path) => {
      const whole = `${p.subject}.${path}`;
      return problems.find(
        (problem) =>
          problem.path === whole || problem.path.startsWith(`${whole}[`) || problem.path.startsWith(`${whole}.`),
      )?.message;
    },
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return { fields, saving, send };
}
