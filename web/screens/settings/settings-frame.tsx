/** What surrounds every part of the settings: its head, and the way to the others. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead } from '../../parts/page-head.tsx';
import { SETTINGS } from './settings-screens.ts';
import './settings.css';

export function SettingsFrame(p: { title: string; lead: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <PageHead title={p.title} lead={p.lead} actions={p.actions} />
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings">
          {SETTINGS.map(({ to, name }) => (
            <Link key={to} to={to} activeOptions={{ exact: true }} className="settings-link">
              {name}
            </Link>
          ))}
        </nav>
        <div className="settings-parts">{p.children}</div>
      </div>
    </>
  );
}
