/** What every conversation has in common: it can be stopped at any moment, and it always ends in an outcome. */
import type { AgentConversation, AgentOutcome } from './agent-driver.ts';
import { StopRequest } from './stop-request.ts';

/**
 * Runs `converse` and hands out the handle. Whatever `converse` throws becomes an outcome as well: a mistake of ours
 * must not leave a run without an end. It then cannot claim that the processes are gone.
 */
export function beginConversation(converse: (stop: StopRequest) => Promise<AgentOutcome>): AgentConversation {
  const stop = new StopRequest();
  // One turn later, so that whoever starts has the handle before the first report comes.
  const outcome = Promise.resolve()
    .then(() => converse(stop))
    .catch((error: unknown): AgentOutcome => ({
      ended: 'broken',
      error: `The conversation failed inside Rouse: ${error instanceof Error ? error.message : String(error)}`,
      output: '',
      gone: false,
    }));
  return {
    outcome,
    async stop({ graceMs }) {
      stop.request(graceMs);
      await outcome;
    },
  };
}

/** An end before any process existed. */
export function neverSpawned(p: { ended: 'not_started' | 'stopped'; error: string; passing?: boolean }): AgentOutcome {
  return { ...p, output: '', gone: true };
}

export const STOPPED_BEFORE_START = 'The run was stopped before its agent started.';

/** The dispatcher threw at a report: whatever follows would go unrecorded, so the conversation was ended. */
export function recordingFailed(error: Error): string {
  return `What the agent reported could not be recorded, so it was ended: ${error.message}`;
}
