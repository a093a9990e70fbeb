/** The pause of everything, in a few words. */
import type { ApiPauseState } from '../client/client.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';

/** `paused since 2026-11-22 09:00:00 (2 h ago) by user:cli`; `on` when it is not. */
export function pauseText(automation: ApiPauseState, terminal: Terminal): string {
  if (!automation.paused) return 'on';
  const since = epochOf(automation.since);
  const when =
    since === undefined ? '' : ` since ${localTime(since, terminal.timeZone)} (${relativeText(since, terminal.now())})`;
  const who = automation.by === 'config' ? 'the configuration' : automation.by;
  return `paused${when}${who === undefined ? '' : ` by ${who}`}`;
}
