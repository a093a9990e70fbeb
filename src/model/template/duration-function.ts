/** `duration`: a length of time as people say it: `2d 3h`, `1m 30s`, `250ms`. */
import { parseDuration } from '../duration.ts';
import { TemplateMistake, quoted } from './template-problem.ts';
import { Float, Integer, typeInWords, type Value } from './value.ts';

const unitsMs: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** Beyond this a count of milliseconds is no longer exact. */
const durationMsMax = Number.MAX_SAFE_INTEGER;

function wordsOf(milliseconds: number): string {
  const parts: string[] = [];
  let rest = milliseconds;
  // Nobody wants the milliseconds of an hour.
  if (rest >= 60_000) rest -= rest % 1_000;
  for (const [unit, size] of unitsMs) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

function millisecondsOf(value: Value): number {
  if (typeof value === 'string') {
    const parsed = parseDuration(value);
    if (!parsed.ok)
      throw new TemplateMistake(`duration got ${quoted(value)}, which is neither seconds nor text such as 1h30m`, -1);
    return Math.round(Number(parsed.nanoseconds) / 1e6);
  }
  const seconds = value instanceof Integer || value instanceof Float ? Number(value.value) : value;
  if (typeof seconds !== 'number') {
    throw new TemplateMistake(`duration wants seconds or text such as 1h30m, not ${typeInWords(value)}`, -1);
  }
  return Math.round(seconds * 1_000);
}

/** `duration SECONDS`, or `duration "1h30m"`. */
export function durationFunction([value = null]: readonly Value[]): Value {
  const milliseconds = millisecondsOf(value);
  if (!(Math.abs(milliseconds) <= durationMsMax))
    throw new TemplateMistake('duration got more time than it can show', -1);
  return milliseconds < 0 ? `-${wordsOf(-milliseconds)}` : wordsOf(milliseconds);
}
