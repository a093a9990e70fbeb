/** A button that asks first, then asks the daemon, and closes only when the daemon has confirmed. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cache } from '../data/cache.ts';
import { announce } from './announcer.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export function ConfirmAction<T>(p: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Absent: something else opens it. */
  button?: ReactNode;
  title: string;
  action: string;
  danger?: boolean;
  act: () => Promise<T>;
  done: string;
  areas: readonly string[];
  onDone?: () => void;
  children: ReactNode;
}) {
  const action = useMutation({
    mutationFn: p.act,
    onSuccess: async () => {
      p.onOpenChange(false);
      announce(p.done);
      p.onDone?.();
      await Promise.all(p.areas.map((area) => cache.invalidateQueries({ queryKey: [area] })));
    },
  });
  return (
    <>
      {p.button !== undefined && (
        <button type="button" className="button" onClick={() => p.onOpenChange(true)}>
          {p.button}
        </button>
      )}
      <ConfirmDialog
        open={p.open}
        onOpenChange={p.onOpenChange}
        title={p.title}
        action={p.action}
        danger={p.danger === true}
        busy={action.isPending}
        onConfirm={() => action.mutate()}
      >
        {p.children}
        <ProblemNotice error={action.error} />
      </ConfirmDialog>
    </>
  );
}
