/** What the API shows of jobs and triggers alike: the switch, the last run, what stands in the way. */
import type { z } from 'zod';
import type { PauseState } from '../engine/automation-commands.ts';
import type { Automation } from '../model/automation.ts';
import { isTrigger } from '../model/automation.ts';
import { formatInstant } from '../model/instant.ts';
import type { Spending } from '../store/account-store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { job } from './contract/job.ts';
import { toWire } from './wire.ts';

/** What a view depends on besides the record. */
export interface AutomationViewFacts {
  automationEnabled: boolean;
  pause: PauseState;
  hasAgent: (name: string) => boolean;
}

type Standing = Pick<
  z.output<typeof job>,
  'effective_enabled' | 'overlay' | 'last_run' | 'consecutive_failures' | 'spent' | 'blocked'
>;

export function standingOf(
  record: AutomationRecord,
  p: { facts: AutomationViewFacts; spent: Spending | undefined },
): Standing {
  const { enabled, overlay, last_run, consecutive_failures } = record;
  const blocked = blockedBy(record, p.facts);
  return {
    effective_enabled: enabled,
    ...(overlay === undefined ? {} : { overlay: toWire(overlay) }),
    ...(last_run === undefined ? {} : { last_run: toWire(last_run) }),
    consecutive_failures,
    ...(p.spent === undefined ? {} : { spent: p.spent }),
    ...(blocked === undefined ? {} : { blocked }),
  };
}

function blockedBy(record: AutomationRecord, facts: AutomationViewFacts): Standing['blocked'] {
  const { automation, cursor, enabled, paused, unreadable } = record;
  if (cursor?.parked_error !== undefined) return { code: 'parked', message: cursor.parked_error };
  if (unreadable !== undefined) return { code: 'unreadable', message: unreadable };
  if (paused !== undefined) {
    const message = `${paused.error.replace(/\.$/, '')}. Enabling the ${nounOf(automation)} ends this and resets the count.`;
    return { code: 'paused_after_failures', message, since_at: formatInstant(paused.at) };
  }
  if (!enabled) return undefined;
  if (!facts.automationEnabled) {
    return { code: 'automation_disabled', message: '[automation] enabled = false: nothing fires on this daemon.' };
  }
  const { pause } = facts;
  if (pause.paused) {
    const since = pause.since === undefined ? {} : { since_at: formatInstant(pause.since) };
    const message = `Everything is paused${pause.by === undefined ? '' : ` by ${pause.by}`}: nothing fires until somebody resumes it.`;
    return { code: 'paused', message, ...since };
  }
  if (needsAgent(automation) && !facts.hasAgent(automation.agent_name)) {
    return { code: 'agent_unknown', message: `No agent named "${automation.agent_name}" is configured.` };
  }
  return undefined;
}

function nounOf(automation: Automation): string {
  return isTrigger(automation) ? 'trigger' : 'job';
}

/** A job that hands its work over as a task prompts nobody. */
function needsAgent(automation: Automation): boolean {
  return isTrigger(automation) || automation.task === undefined;
}
