/** What an agent is told in a run: the words of a job, or a trigger's template rendered from its event. */
import { isTrigger } from '../model/automation.ts';
import type { Activation } from '../model/activation.ts';
import type { PreparedPrompt } from '../model/template/prompt-template.ts';
import { prepareTriggerPrompt } from '../model/template/prompt-template.ts';
import type { Store } from '../store/store.ts';
import type { ClaimedRun, RunResult } from '../store/run-store.ts';

export interface RunPrompt {
  prompt: string;
  /** The event it was made from: what stands in it came from there. */
  event?: Pick<Activation, 'id' | 'kind' | 'source'>;
}

/** A prompt that cannot be made is the run's result: trying again would end the same way. */
export async function runPrompt(
  store: Pick<Store, 'getActivation'>,
  { automation, run }: ClaimedRun,
): Promise<RunPrompt | RunResult> {
  if (!isTrigger(automation) || run.event_id === undefined) {
    return unlessEmpty({ prompt: (run.prompt ?? automation.prompt).trim() });
  }
  const event = await store.getActivation({ id: run.event_id });
  if (event === undefined) return failed(`the event ${run.event_id} is not kept any more`);
  const rendered = preparedPrompt(automation.prompt)(event);
  if (!rendered.ok) return failed(rendered.problem.message);
  const { id, kind, source } = event;
  return unlessEmpty({ prompt: rendered.output, event: { id, kind, source } });
}

function unlessEmpty(told: RunPrompt): RunPrompt | RunResult {
  return told.prompt === '' ? failed('the prompt is empty') : told;
}

function failed(error: string): RunResult {
  return { status: 'failed', reason: 'template', error };
}

/** Parsed once per text; as many as an installation with very many triggers uses at a time. */
const PREPARED_MAX = 2000;
const prepared = new Map<string, PreparedPrompt>();

export function preparedPrompt(prompt: string): PreparedPrompt {
  const known = prepared.get(prompt);
  if (known !== undefined) return known;
  const fresh = prepareTriggerPrompt(prompt);
  if (prepared.size >= PREPARED_MAX) prepared.clear();
  prepared.set(prompt, fresh);
  return fresh;
}
