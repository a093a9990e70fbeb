/**
 * The moment between "everything is there" and "the agent starts", in which gates may rewrite the prompt or say no. What
 * gates are is for others; here is what a run makes of their answer.
 */
import type { ClaimedRun, RunResult } from '../store/run-store.ts';
import type { PreFire } from './pre-fire-gate.ts';
import type { Prepared } from './prepare-execution.ts';

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
