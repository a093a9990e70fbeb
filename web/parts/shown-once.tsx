/** A secret that the daemon says this once: kept on screen until somebody took it. */
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import './shown-once.css';

export function ShownOnce(p: { text: string; what: string; onDone: () => void; children: ReactNode }) {
  return (
    <div className="notice shown-once" role="status">
      <p>{p.children}</p>
      <div className="shown-once-line">
        <code>{p.text}</code>
        <CopyButton text={p.text} what={p.what} />
        <button type="button" className="button button-small" onClick={p.onDone}>
          I have it
        </button>
      </div>
    </div>
  );
}
