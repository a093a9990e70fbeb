/**
 * A button that asks the daemon for something and says what came of it: it waits while the daemon does, announces what
 * the daemon confirmed, and shows a refusal where it was pressed.
 */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cache } from '../data/cache.ts';
import { useMayWrite } from '../data/session.ts';
import { announce } from './announcer.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export function ActionButton<T>(p: {
  act: () => Promise<T>;
  /** Said after the daemon confirmed. */
  done: string;
  /** Areas of the cache that are old afterwards. */
  areas: readonly string[];
  className?: string;
  onDone?: (result: T) => void;
  children: ReactNode;
}) {
  const mayWrite = useMayWrite();
  const action = useMutation({
    mutationFn: p.act,
    onSuccess: async (result) => {
      announce(p.done);
      await Promise.all(p.areas.map((area) => cache.invalidateQueries({ queryKey: [area] })));
      p.onDone?.(result);
    },
  });
  if (!mayWrite) return null;
  return (
    <span className="action">
      <button
        type="button"
        className={p.className ?? 'button button-small'}
        disabled={action.isPending}
        onClick={() => action.mutate()}
      >
        {p.children}
      </button>
      <ProblemNotice error={action.error} />
    </span>
  );
}
