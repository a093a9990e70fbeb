/**
 * Keys that work on every screen. A key belongs to whoever is being typed into first, so nothing here acts while a
 * field has the focus or a dialog is open.
 */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { now } from '../clock/browser-clock.ts';
import { SCREENS } from './screens.ts';

/** After `g`, the second key is waited for so long, in milliseconds. */
const SEQUENCE_MS_MAX = 1_500;

export function useKeys(p: { onSearch: () => void; onHelp: () => void }): void {
  const navigate = useNavigate();
  const pressed = useRef({ g: 0 });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        p.onSearch();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
      const afterG = now() - pressed.current.g < SEQUENCE_MS_MAX;
      pressed.current.g = 0;
      const screen = afterG ? SCREENS.find(({ key }) => key === event.key) : undefined;
      if (screen !== undefined) void navigate({ to: screen.to });
      else if (event.key === 'g') pressed.current.g = now();
      else if (event.key === '/') p.onSearch();
      else if (event.key === '?') p.onHelp();
      else if (event.key === 'n') void navigate({ to: '/jobs/new' });
      else if (event.key === 'j' || event.key === 'ArrowDown') moveRow(event, 1);
      else if (event.key === 'k' || event.key === 'ArrowUp') moveRow(event, -1);
      else if (event.key === '.') openRowActions();
      else return;
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog],[role=alertdialog],[role=menu]') !== null) return true;
  return target instanceof HTMLElement && target.closest('input,textarea,select,[contenteditable]') !== null;
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row]')];

/** Arrows move between rows only once one of them has the focus; before, they scroll. */
function moveRow(event: KeyboardEvent, step: 1 | -1): void {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  if (at < 0 && event.key.startsWith('Arrow')) return;
  event.preventDefault();
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.querySelector<HTMLElement>('a,button')?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function openRowActions(): void {
  const row = rows().find((each) => each.contains(document.activeElement));
  (row ?? document).querySelector<HTMLElement>('[data-row-actions]')?.click();
}
