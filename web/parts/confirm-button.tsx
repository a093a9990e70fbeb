/** A small button whose command is asked about first. */
import { type ReactNode, useState } from 'react';
import { ConfirmAction } from './confirm-action.tsx';

export function ConfirmButton<T>(p: {
  word: string;
  /** What it is about, for those who do not see where the button stands. */
  of: string;
  title: string;
  action: string;
  danger?: boolean;
  act: () => Promise<T>;
  done: string;
  areas: readonly string[];
  children: ReactNode;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button button-small"
        aria-label={`${p.word} ${p.of}`}
        onClick={() => setAsking(true)}
      >
        {p.word}
      </button>
      <ConfirmAction
        open={asking}
        onOpenChange={setAsking}
        title={p.title}
        action={p.action}
        {...(p.danger === undefined ? {} : { danger: p.danger })}
        act={p.act}
        done={p.done}
        areas={p.areas}
      >
        {p.children}
      </ConfirmAction>
    </>
  );
}
