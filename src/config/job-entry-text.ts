/** Reads one job that a person edited as an entry of a file, without a daemon's settings: the daemon judges what it says. */
import { parse } from 'smol-toml';

export type JobEntryReading = { ok: true; entry: Record<string, unknown> } | { ok: false; problem: string };

/** The one `[[automation.jobs]]` of the text, instants as text. */
export function readJobEntry(text: string): JobEntryReading {
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
  const { automation, ...others } = document as { automation?: { jobs?: unknown } };
  const jobs = automation?.jobs;
  const isOne = Array.isArray(jobs) && jobs.length === 1 && Object.keys(others).length === 0;
  if (!isOne) return { ok: false, problem: 'There must be exactly one [[automation.jobs]] and nothing else.' };
  return { ok: true, entry: plain(jobs[0]) as Record<string, unknown> };
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
