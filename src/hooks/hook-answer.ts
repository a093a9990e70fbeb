/** What a gate answers: nothing, another prompt, or that the run is not to start. Pure. */

export type HookAnswer =
  | { ok: true; prompt?: string; cancel?: { reason: string } }
  /** It said something that is no answer; a sentence about what. */
  | { ok: false; problem: string };

/** Longer ones are no reasons but contents that went astray. */
const REASON_LENGTH_MAX = 1_000;

export function readHookAnswer(text: string): HookAnswer {
  if (text.trim() === '') return { ok: true };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {
      ok: false,
      problem: 'it answered with something that is not JSON; what is not the answer belongs on standard error',
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problem: 'its answer is not a JSON object' };
  }
  const { prompt, cancel, reason } = value as Record<string, unknown>;
  if (prompt !== undefined && typeof prompt !== 'string')
    return { ok: false, problem: 'the prompt of its answer is not text' };
  if (typeof prompt === 'string' && prompt.trim() === '')
    return { ok: false, problem: 'the prompt of its answer is empty' };
  if (cancel !== undefined && typeof cancel !== 'boolean')
    return { ok: false, problem: '"cancel" in its answer is neither true nor false' };
  if (reason !== undefined && typeof reason !== 'string')
    return { ok: false, problem: 'the reason in its answer is not text' };
  if (cancel === true) return { ok: true, cancel: { reason: (reason ?? '').slice(0, REASON_LENGTH_MAX) } };
  return { ok: true, ...(prompt === undefined ? {} : { prompt }) };
}
