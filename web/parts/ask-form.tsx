/** A short form that asks the daemon for something: waits while it does, says what it confirmed, shows a refusal. */
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { cache } from '../data/cache.ts';
import { announce } from './announcer.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import './ask-form.css';

export function AskForm<T>(p: {
  verb: string;
  act: () => Promise<T>;
  /** Said after the daemon confirmed. */
  done: (result: T) => string;
  areas: readonly string[];
  /** Whether enough was typed to ask. */
  ready: boolean;
  onDone?: (result: T) => void;
  children: ReactNode;
}) {
  const asking = useMutation({
    mutationFn: p.act,
    onSuccess: async (result) => {
      announce(p.done(result));
      p.onDone?.(result);
      await Promise.all(p.areas.map((area) => cache.invalidateQueries({ queryKey: [area] })));
    },
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (p.ready) asking.mutate();
  };
  return (
    <form className="ask" onSubmit={send} noValidate>
      <div className="ask-fields">
        {p.children}
        <button type="submit" className="button ask-verb" disabled={!p.ready || asking.isPending}>
          {p.verb}
        </button>
      </div>
      <ProblemNotice error={asking.error} />
    </form>
  );
}
