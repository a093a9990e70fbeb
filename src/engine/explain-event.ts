/** What became of an event and why, and where it came from: read from rows, and said in one sentence. Never writes. */
import type { Activation, TriggerVerdict } from '../model/activation.ts';
import { isMatch } from '../model/activation.ts';
import type { Run } from '../model/run.ts';
import type { Trigger } from '../model/trigger.ts';
import type { MatchCandidate } from '../store/activation-store.ts';
import type { Store } from '../store/store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import { matchTrigger } from './decide-match.ts';
import type { MatchSettings } from './decide-match.ts';

/** How far back a lineage is followed; the loop guard ends chains long before. */
const LINEAGE_MAX = 32;
/** Runs, caused events and triggers that were not considered, at most so many of each. */
const LISTED_MAX = 100;

/** One step of the way from the world outside to an event. */
export interface LineageStep {
  /** Absent where the way begins with a run that no event caused: one of a job, or one by hand. */
  event?: EventSummary;
  /** What came of it and caused the next one, without its texts; absent for the event itself. */
  run?: Run;
}

export type EventSummary = Omit<Activation, 'data'>;

/** A trigger for events of this kind that the index did not even offer. */
export interface UnconsideredTrigger {
  trigger_id: string;
  trigger_name: string;
  /** Judged by its definition as it stands now. */
  detail: string;
}

export interface EventExplanation {
  event: Activation;
  sentence: string;
  considered: TriggerVerdict[];
  /** How many verdicts are not listed: more were considered than are kept. */
  considered_more: number;
  not_considered: UnconsideredTrigger[];
  /** Whether there are more of those than are listed. */
  not_considered_truncated: boolean;
  runs: Run[];
  /** From the first event to this one. */
  lineage: LineageStep[];
  /** Events that its runs caused. */
  caused: EventSummary[];
}

type Reads = Pick<
  Store,
  'getActivation' | 'listVerdicts' | 'listActivationRuns' | 'listActivations' | 'listTriggers' | 'getRun'
>;

export async function explainEvent(p: {
  store: Reads;
  event: Activation;
  settings: MatchSettings;
}): Promise<EventExplanation> {
  const { store, event } = p;
  const considered = await store.listVerdicts({ activation_id: event.id });
  const runs = await store.listActivationRuns({ activation_id: event.id, limit: LISTED_MAX });
  const rest = event.addressed_to === undefined ? await unconsidered({ ...p, considered }) : NOBODY;
  return {
    event,
    sentence: sentenceOf({ event, considered }),
    considered,
    considered_more: Math.max(0, event.considered - considered.length),
    not_considered: rest.triggers,
    not_considered_truncated: rest.truncated,
    runs,
    lineage: await lineageOf(store, event),
    caused: await causedBy(store, runs),
  };
}

export function summaryOf(event: Activation): EventSummary {
  const { data: _data, ...summary } = event;
  return summary;
}

function sentenceOf(p: { event: Activation; considered: readonly TriggerVerdict[] }): string {
  const { event, considered } = p;
  const name =
    event.gathered === undefined ? `This ${event.kind}` : `This gathering of ${event.gathered.count} ${event.kind}`;
  if (event.addressed_to === '') return `${name} is the payload of a run that somebody asked for by hand.`;
  if (event.considered === 0) {
    return event.addressed_to === undefined
      ? `${name} found no trigger that waits for it.`
      : `${name} was addressed to the trigger ${event.addressed_to}, which is gone.`;
  }
  const more = event.matching ? '; more triggers are still to be considered' : '';
  const only = considered.length === 1 ? considered[0] : undefined;
  if (only !== undefined) return `${name} was considered by ${only.trigger_name}: ${only.detail}${more}.`;
  const counted = countedVerdicts(considered);
  const unmatched = event.considered - event.matched;
  const kept = considered.filter(({ verdict }) => isMatch(verdict)).length;
  const others = event.matched > kept ? `, and ${event.matched - kept} more` : '';
  return `${name} was considered by ${event.considered} triggers: ${counted || 'none matched'}${others}; ${unmatched} did not match${more}.`;
}

/** `2 fired, 1 deferred`. */
function countedVerdicts(considered: readonly TriggerVerdict[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of considered) {
    if (isMatch(verdict)) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return [...counts].map(([verdict, count]) => `${count} ${verdict.replaceAll('_', ' ')}`).join(', ');
}

async function unconsidered(p: {
  store: Reads;
  event: Activation;
  settings: MatchSettings;
  considered: readonly TriggerVerdict[];
}): Promise<{ triggers: UnconsideredTrigger[]; truncated: boolean }> {
  const known = new Set(p.considered.map((verdict) => verdict.trigger_id));
  const page = await p.store.listTriggers({ query: { event: p.event.kind, limit: LISTED_MAX } });
  const triggers = page.items
    .filter(({ automation }) => !known.has(automation.id))
    .map((record) => ({
      trigger_id: record.automation.id,
      trigger_name: record.automation.name,
      detail: whyNot({ ...p, record }),
    }));
  return { triggers, truncated: page.next_cursor !== undefined };
}

const NOBODY = { triggers: [], truncated: false };

function whyNot(p: { event: Activation; settings: MatchSettings; record: AutomationRecord<Trigger> }): string {
  const { event, record } = p;
  const { automation: trigger } = record;
  const place = (scope: string, id: string | undefined): string => (id === undefined ? scope : `workspace ${id}`);
  if (trigger.scope !== event.scope || trigger.workspace_id !== event.workspace_id) {
    const wanted = place(trigger.scope, trigger.workspace_id);
    return `it waits for events of ${wanted}, and this is one of ${place(event.scope, event.workspace_id)}`;
  }
  const answer = matchTrigger({ activation: event, candidate: candidateOf(record), settings: p.settings });
  return answer.matched ? 'it would match as it stands now, so it was written or changed since' : answer.detail;
}

export function candidateOf(record: AutomationRecord<Trigger>): MatchCandidate {
  return {
    trigger: record.automation,
    enabled: record.enabled,
    ...(record.paused === undefined ? {} : { paused: record.paused.error }),
    ...(record.unreadable === undefined ? {} : { unreadable: record.unreadable }),
  };
}

async function lineageOf(store: Reads, event: Activation): Promise<LineageStep[]> {
  const steps: LineageStep[] = [{ event: summaryOf(event) }];
  let current = event;
  while (current.cause !== undefined && steps.length < LINEAGE_MAX) {
    const found = await store.getRun({ id: current.cause.run_id });
    if (found === undefined) break;
    const { prompt: _prompt, output: _output, ...run } = found;
    const earlier = run.event_id === undefined ? undefined : await store.getActivation({ id: run.event_id });
    steps.unshift(earlier === undefined ? { run } : { event: summaryOf(earlier), run });
    if (earlier === undefined) break;
    current = earlier;
  }
  return steps;
}

async function causedBy(store: Reads, runs: readonly Run[]): Promise<EventSummary[]> {
  const caused: EventSummary[] = [];
  for (const run of runs) {
    if (caused.length >= LISTED_MAX) break;
    const limit = LISTED_MAX - caused.length;
    const page = await store.listActivations({ query: { cause_run_id: run.id, limit } });
    caused.push(...page.items.toReversed().map(summaryOf));
  }
  return caused;
}
