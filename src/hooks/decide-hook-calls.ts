/** Which hooks an event of Rouse is told to. Pure; the identity of a call follows from event and hook. */
import type { Activation } from '../model/activation.ts';
import type { HookEvent } from '../model/hook.ts';
import { hookCallIdFor } from '../model/identifiers.ts';
import type { NewHookCall } from '../store/hook-store.ts';

/** A hook of the configuration, as far as matching needs it. */
export interface MatchableHook {
  name: string;
  events: readonly HookEvent[];
  match: { agent_name?: string; workspace_id?: string; automation?: string };
}

/** What is known of the automation that something happened to. */
export interface HookSubject {
  agent_name?: string;
  workspace_id?: string;
  automation?: string;
}

export function matchesHook(hook: MatchableHook, subject: HookSubject): boolean {
  const { agent_name, workspace_id, automation } = hook.match;
  return (
    (agent_name === undefined || agent_name === subject.agent_name) &&
    (workspace_id === undefined || workspace_id === subject.workspace_id) &&
    (automation === undefined || automation === subject.automation)
  );
}

/** What hooks call an activation that Rouse itself told; several where one thing is known under several names. */
export function hookEventsOf(activation: Activation): HookEvent[] {
  const { kind, data, source } = activation;
  if (source !== 'observer') return [];
  if (kind === 'job.paused' || kind === 'trigger.paused') return ['automation.paused'];
  const ended: Readonly<Record<string, HookEvent>> = {
    'run.completed': 'automation.run.completed',
    'run.failed': 'automation.run.failed',
    'run.canceled': data['reason'] === 'misfire' ? 'automation.fire.missed' : 'automation.run.canceled',
  };
  const event = ended[kind];
  if (event === undefined) return [];
  // After a fire there is something to tidy up only where an agent really started.
  if (data['started_at'] === undefined) return [event];
  return [data['automation_kind'] === 'trigger' ? 'automation.trigger.post_fire' : 'automation.job.post_fire', event];
}

export function decideHookCalls(p: { activation: Activation; hooks: readonly MatchableHook[] }): NewHookCall[] {
  const { activation, hooks } = p;
  const { data } = activation;
  const subject: HookSubject = {
    ...textOf('agent_name', data['agent_name']),
    ...textOf('workspace_id', activation.workspace_id),
    ...textOf('automation', data['automation_name']),
  };
  return hookEventsOf(activation).flatMap((event) =>
    hooks
      .filter((hook) => hook.events.includes(event) && matchesHook(hook, subject))
      .map((hook) => ({
        id: hookCallIdFor({ hook: hook.name, event, event_id: activation.id }),
        hook: hook.name,
        event,
        event_id: activation.id,
        ...textOf('run_id', data['run_id']),
        ...textOf('automation_id', data['automation_id']),
      })),
  );
}

function textOf<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === 'string' ? ({ [name]: value } as Record<Name, string>) : {};
}
