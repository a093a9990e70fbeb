/** Waits for an end, for as long as the person wants to: what `runs wait` and `tasks wait` have in common. */
import { AppError } from '../errors/app-error.ts';
import { parseDuration } from '../model/duration.ts';
import type { Cli } from './command.ts';

/** Undefined when `timeout` (Go duration text) is over first. Throws `validation_failed` when it is none. */
export async function waitWithin<T extends object>(
  cli: Cli,
  p: { timeout: string | undefined; wait: (signal: AbortSignal) => Promise<T> },
): Promise<T | undefined> {
  const timeoutMs = p.timeout === undefined ? undefined : readTimeout(p.timeout);
  const giveUp = new AbortController();
  const waited = p.wait(giveUp.signal);
  if (timeoutMs === undefined) return waited;
  const ended = new AbortController();
  const late = cli.pause(timeoutMs, ended.signal).then(() => undefined);
  const first = await Promise.race([waited, late]).finally(() => ended.abort());
  if (first !== undefined) return first;
  waited.catch(() => undefined);
  giveUp.abort();
  return undefined;
}

function readTimeout(text: string): number {
  const parsed = parseDuration(text, '--timeout');
  if (!parsed.ok) {
    throw new AppError('validation_failed', { subject: 'option', problems: 1 }, { problems: [parsed.problem] });
  }
  return Number(parsed.nanoseconds / 1_000_000n);
}
