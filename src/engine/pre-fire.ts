/**
 * The moment between "everything is there" and "the agent starts", in which gates may rewrite the prompt or say no. What
 * gates are is for others; here is what a run makes of their answer.
 */
import type { ClaimedRun, RunResult } from '../store/store.ts';
import type { Prepared } from './prepare-execution.ts';

export type PreFireAnswer = { prompt: string } | { status: 'canceled' | 'failed'; reason: 'hook'; error: string };

/** Never rejects. Resolves soon after `signal` aborts, because the run is to end. */
export type PreFire = (p: { claimed: ClaimedRun; prompt: string; signal: AbortSignal }) => Promise<PreFireAnswer>;

/** What a gate stops leaves nothing behind: the workplace that was made ready for it is given up here. */
export async function passPreFire(
  preFire: PreFire | undefined,
  p: { claimed: ClaimedRun; prepared: Prepared; signal: AbortSignal },
): Promise<Prepared | RunResult> {
  const { claimed, prepared, signal } = p;
  if (preFire === undefined) return prepared;
  const answer = await preFire({ claimed, prompt: prepared.prompt, signal });
  if ('prompt' in answer) return { ...prepared, prompt: answer.prompt };
  await prepared.leave();
  return answer;
}
