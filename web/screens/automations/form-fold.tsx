/** A part of a form that most leave as it is. It opens by itself when the daemon refused something inside. */
import { type ReactNode, useState } from 'react';

export function FormFold(p: {
  title: string;
  /** What is said in it, where something is: seen while it is closed. */
  said?: readonly string[];
  wrong: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const [wasWrong, setWasWrong] = useState(false);
  if (p.wrong !== wasWrong) {
    setWasWrong(p.wrong);
    if (p.wrong) setOpen(true);
  }
  return (
    <details className="form-fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {p.title}
        {!open && (p.said ?? []).length > 0 && <span className="form-said">{p.said?.join(' · ')}</span>}
      </summary>
      <div className="form-grid">{p.children}</div>
    </details>
  );
}
