/** What a mark of the time line says of itself: to whoever points at it, and to whoever cannot see it. */
import { elapsedText, relativeText } from '../../../src/lib/span-text.ts';
import { statusWord } from '../../parts/status-mark.tsx';
import { countText } from '../../text/amount-text.ts';
import { clockText, epochOf, momentText } from '../../text/time-text.ts';
import type { Lane, LanePoint } from './lane-points.ts';

export function pointText({ mark, coming }: LanePoint, now: number): string {
  if (mark !== undefined) return pastText(mark, now);
  return coming === undefined ? '' : comingText(coming, now);
}

/** What it says beyond that, in the daemon's words. */
export function pointSentence({ mark, coming }: LanePoint): string | undefined {
  return mark?.sentence ?? coming?.note;
}

function pastText(mark: Lane['marks'][number], now: number): string {
  const [from, to] = [epochOf(mark.from_at), epochOf(mark.to_at)];
  const word = statusWord(mark);
  if (mark.count > 1) return `${countText(mark.count)} × ${word}, ${momentText(from, now)} to ${clockText(to)}`;
  if (mark.status === 'running') return `running since ${momentText(from, now)}, for ${elapsedText(now - from)}`;
  if (mark.status === 'scheduled') return `waiting, due ${momentText(from, now)}`;
  const took = to > from ? `, took ${elapsedText(to - from)}` : '';
  return `${word} at ${momentText(from, now)}${took}`;
}

function comingText(coming: Lane['coming'][number], now: number): string {
  const from = epochOf(coming.from_at);
  if (coming.count > 1) return `${coming.count} fires, ${momentText(from, now)} to ${clockText(epochOf(coming.to_at))}`;
  return `fires at ${momentText(from, now)}, ${relativeText(from, now)}`;
}
