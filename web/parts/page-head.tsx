/** The head of a screen: what it is, what it says of itself, and what can be done. Also names the browser's tab. */
import { type ReactNode, useEffect } from 'react';

export function PageHead(p: { title: string; lead?: ReactNode; mark?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = p.title === 'Overview' ? 'Rouse' : `${p.title} · Rouse`;
  }, [p.title]);
  return (
    <div className="head">
      <div className="head-words">
        <h1 className="head-title">
          {p.mark}
          {p.title}
        </h1>
        {p.lead !== undefined && <div className="head-lead">{p.lead}</div>}
      </div>
      {p.actions !== undefined && <div className="head-actions">{p.actions}</div>}
    </div>
  );
}
