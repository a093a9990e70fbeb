/** Writes trigger definitions and events as people do, on wire terms: few kinds, so that they meet, and small limits. */
import type { Random } from './random.ts';
import { writeBudget, writeFireLimit, writeRetry } from './job-writer.ts';
import type { WritingContext } from './job-writer.ts';

export type WrittenTrigger = Record<string, unknown>;

export const ENVIRONMENTS = ['prod', 'test'] as const;
const TOLD_KINDS = ['ext.deploy', 'ext.note'] as const;

/** The conditions that triggers are written with, and what each means: read by the checkers without the engine's help. */
export const CONDITIONS: Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => boolean>> = {
  'data.env == "prod"': (data) => data['env'] === 'prod',
  'data.size > 5': (data) => Number(data['size']) > 5,
};

export function writeTrigger(random: Random, name: string, context: WritingContext): WrittenTrigger {
  const workspaceId = context.workspaceIds.length > 0 && random.chance(0.3) ? random.pick(context.workspaceIds) : '';
  const event = random.weighted({
    'ext.deploy': 5,
    'ext.note': 3,
    'run.failed': 2,
    'run.completed': 1,
    'task.completed': 1,
  });
  return {
    name,
    scope: workspaceId === '' ? 'global' : 'workspace',
    ...(workspaceId === '' ? {} : { workspace_id: workspaceId }),
    event,
    agent_name: random.pick(context.agents),
    prompt: 'See what happened.',
    enabled: !random.chance(0.1),
    retry: writeRetry(random),
    fire_limit: writeFireLimit(random),
    overlap: random.pick(['skip', 'queue', 'queue_all', 'cancel_running', 'allow']),
    timeout: random.pick(['20s', '1m', '3m']),
    ...writeConditions(random, event),
    ...(random.chance(0.2) ? { allow_own_events: true } : {}),
    ...(random.chance(0.3) ? { coalesce: writeGathering(random) } : {}),
    ...writeBudget(random.fork(`budget of ${name}`)),
  };
}

export function writeConditions(random: Random, event: string): Record<string, unknown> {
  if (!TOLD_KINDS.some((kind) => kind === event)) return {};
  switch (random.weighted({ none: 2, filter: 2, when: 1 })) {
    case 'none':
      return {};
    case 'filter':
      return { filter: { 'data.env': random.pick(ENVIRONMENTS) } };
    case 'when':
      return { when: random.pick(Object.keys(CONDITIONS)) };
  }
}

function writeGathering(random: Random): Record<string, unknown> {
  return {
    window: random.pick(['1s', '10s', '1m']),
    ...(random.chance(0.5) ? { key: 'data.env' } : {}),
    ...(random.chance(0.5) ? { max_wait: random.pick(['15s', '2m']) } : {}),
  };
}

/** `number` tells events apart, whatever they are called. */
export function writeEvent(random: Random, number: number, context: WritingContext): Record<string, unknown> {
  const workspaceId = context.workspaceIds.length > 0 && random.chance(0.3) ? random.pick(context.workspaceIds) : '';
  return {
    id: `event-${number}`,
    kind: random.pick(TOLD_KINDS),
    ...(workspaceId === '' ? {} : { workspace_id: workspaceId }),
    data: { env: random.pick(ENVIRONMENTS), size: random.int(0, 10), number },
  };
}
