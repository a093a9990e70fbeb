/** Instants to come, as lines: where the schedule lives and how far away. */
import type { EpochMs } from '../model/instant.ts';
import { epochOf, wallTime } from './time-text.ts';
import { relativeText } from '../lib/span-text.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import type { ApiFire } from '../client/client.ts';

/** `Mon 2026-11-23 09:00 +01:00 Europe/Paris`. */
export function fireText(fire: Pick<ApiFire, 'local' | 'offset' | 'zone'>): string {
  return `${wallTime(fire.local)} ${fire.offset} ${fire.zone}`;
}

/** One line per fire, marked where a change of the clocks has a part in it. */
export function fireLines(p: { fires: readonly ApiFire[]; now: EpochMs; terminal: Terminal }): string[] {
  const [, ...lines] = tableLines<ApiFire>({
    rows: p.fires,
    paint: p.terminal.paintOut,
    columns: [
      { title: '', cell: fireText },
      { title: '', cell: ({ at }) => ({ text: relativeText(epochOf(at) ?? p.now, p.now), hue: 'dim' }) },
      { title: '', cell: ({ note }) => ({ text: note ?? '', hue: 'yellow' }) },
    ],
  });
  return lines;
}
