/** One titled panel of the settings. */
import { type ReactNode, useId } from 'react';

export function SettingsPart(p: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{p.title}</h2>
        {p.aside !== undefined && <span className="panel-aside">{p.aside}</span>}
      </div>
      {p.children}
    </section>
  );
}
