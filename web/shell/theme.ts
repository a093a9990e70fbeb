/** Light, dark, or as the system says; remembered in this browser. */
import { ExternalState } from '../live/external-state.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'rouse-theme';

function stored(): Theme {
  const text = localStorage.getItem(STORED);
  return THEMES.find((theme) => theme === text) ?? 'system';
}

export const theme = new ExternalState<Theme>(stored());

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.get() === 'system') delete dataset['theme'];
  else dataset['theme'] = theme.get();
}

export function chooseTheme(chosen: Theme): void {
  theme.set(chosen);
  localStorage.setItem(STORED, chosen);
  applyTheme();
}
