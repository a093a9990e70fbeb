/** The dry run of a trigger: which of its conditions an envelope meets, and what its agent would be told. Pure. */
import type { Activation } from '../model/activation.ts';
import { firstFilterMismatch } from '../model/filter.ts';
import type { MatchCandidate } from '../store/activation-store.ts';
import { matchTrigger, ownEvent, switchedOff, unmatchedCondition } from './decide-match.ts';
import type { MatchSettings } from './decide-match.ts';
import { preparedPrompt } from './run-prompt.ts';

export interface TestedCondition {
  /** `enabled`, `event`, `scope`, `workspace`, `own_events`, `filter`, `when`, `depth`. */
  condition: string;
  /** The filter's path, or the condition's text. */
  of?: string;
  holds: boolean;
  detail: string;
}

export interface TriggerTest {
  trigger_id: string;
  outcome: 'would_fire' | 'would_gather' | 'would_be_stopped' | 'would_not_match' | 'would_fail';
  /** One sentence for people. */
  sentence: string;
  conditions: TestedCondition[];
  /** What the agent would be told; absent where the template fails. */
  prompt?: string;
  /** Why the template fails on this envelope. */
  prompt_error?: string;
}

export function testTrigger(p: {
  candidate: MatchCandidate;
  activation: Activation;
  settings: MatchSettings;
}): TriggerTest {
  const { activation, candidate } = p;
  const { trigger } = candidate;
  const conditions = [...placeConditions(p), ...contentConditions(p)];
  const rendered = preparedPrompt(trigger.prompt)(activation);
  const told = rendered.ok ? { prompt: rendered.output } : { prompt_error: rendered.problem.message };
  return { trigger_id: trigger.id, ...judged({ ...p, conditions, told }), conditions, ...told };
}

function judged(p: {
  candidate: MatchCandidate;
  activation: Activation;
  settings: MatchSettings;
  conditions: readonly TestedCondition[];
  told: { prompt?: string; prompt_error?: string };
}): Pick<TriggerTest, 'outcome' | 'sentence'> {
  const failing = p.conditions.filter(({ holds }) => !holds);
  const stopped = failing.find(({ condition }) => condition === 'depth');
  const [first] = failing.filter((each) => each !== stopped);
  if (first !== undefined) {
    return { outcome: 'would_not_match', sentence: `Would not fire: ${first.detail}.` };
  }
  if (stopped !== undefined) {
    return { outcome: 'would_be_stopped', sentence: `Would leave a canceled run (loop_guard): ${stopped.detail}.` };
  }
  if (p.told.prompt_error !== undefined) {
    return { outcome: 'would_fail', sentence: `Would create a run that fails (template): ${p.told.prompt_error}` };
  }
  const answer = matchTrigger(p);
  if (answer.matched && 'gather' in answer) {
    const { window } = p.candidate.trigger.coalesce ?? {};
    return {
      outcome: 'would_gather',
      sentence: `Would be gathered with others of the key ${JSON.stringify(answer.gather.key)}, and fire ${window} after the last of them.`,
    };
  }
  return { outcome: 'would_fire', sentence: 'Would fire: every condition holds.' };
}

function placeConditions(p: { candidate: MatchCandidate; activation: Activation }): TestedCondition[] {
  const { activation, candidate } = p;
  const { trigger } = candidate;
  const off = switchedOff(candidate);
  const own = ownEvent(p);
  const workspace = (id: string | undefined): string => id ?? 'none';
  return [
    { condition: 'enabled', holds: off === undefined, detail: off?.detail ?? 'the trigger is switched on' },
    equal({ condition: 'event', what: 'the event', wanted: trigger.event, found: activation.kind }),
    equal({ condition: 'scope', what: 'the scope', wanted: trigger.scope, found: activation.scope }),
    equal({
      condition: 'workspace',
      what: 'the workspace',
      wanted: workspace(trigger.workspace_id),
      found: workspace(activation.workspace_id),
    }),
    { condition: 'own_events', holds: own === undefined, detail: own?.detail ?? 'no run of the trigger caused it' },
  ];
}

function equal(p: { condition: string; what: string; wanted: string; found: string }): TestedCondition {
  const { condition, what, wanted, found } = p;
  if (wanted === found) return { condition, holds: true, detail: `${what} is ${found}` };
  return { condition, holds: false, detail: `${what} is ${found}, not ${wanted}` };
}

function contentConditions(p: {
  candidate: MatchCandidate;
  activation: Activation;
  settings: MatchSettings;
}): TestedCondition[] {
  const { activation, candidate, settings } = p;
  const { filter = {}, when } = candidate.trigger;
  const conditions = Object.entries(filter).map(([path, wanted]): TestedCondition => {
    const mismatch = firstFilterMismatch({ [path]: wanted }, activation);
    const detail = mismatch?.message ?? `${path} is ${JSON.stringify(wanted)}`;
    return { condition: 'filter', of: path, holds: mismatch === undefined, detail };
  });
  if (when !== undefined) {
    const unmet = unmatchedCondition(p);
    const detail = unmet?.detail ?? 'the condition (when) is true for this event';
    conditions.push({ condition: 'when', of: when, holds: unmet === undefined, detail });
  }
  const { depth } = activation;
  if (depth > settings.maxDepth) {
    const detail = `${depth} runs lie between this event and the world outside, more than max_depth (${settings.maxDepth}) allows`;
    conditions.push({ condition: 'depth', holds: false, detail });
  }
  return conditions;
}
