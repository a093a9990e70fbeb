/** Writes job definitions as people do, on wire terms, leaning towards what is hard: bursts, late nights, small limits. */
import type { EpochMs } from '../../src/model/instant.ts';
import { formatInstant } from '../../src/model/instant.ts';
import type { Random } from './random.ts';

export type WrittenJob = Record<string, unknown>;

export interface WritingContext {
  agents: readonly string[];
  workspaceIds: readonly string[];
  zones: readonly string[];
  now: EpochMs;
}

export function writeJob(random: Random, name: string, context: WritingContext): WrittenJob {
  const workspaceId = context.workspaceIds.length > 0 && random.chance(0.3) ? random.pick(context.workspaceIds) : '';
  return {
    name,
    scope: workspaceId === '' ? 'global' : 'workspace',
    ...(workspaceId === '' ? {} : { workspace_id: workspaceId }),
    agent_name: random.pick(context.agents),
    prompt: 'Look after the house.',
    enabled: !random.chance(0.1),
    schedule: writeSchedule(random, context),
    retry: writeRetry(random),
    fire_limit: writeFireLimit(random),
    overlap: random.pick(['skip', 'queue', 'queue_all', 'cancel_running', 'allow']),
    timeout: random.pick(['20s', '1m', '3m', '10m']),
    ...(random.chance(0.25) ? { queue_timeout: random.pick(['5s', '30s', '5m']) } : {}),
    ...(random.chance(0.3) ? { priority: random.int(-2, 2) } : {}),
    ...writeBudget(random.fork(`budget of ${name}`)),
  };
}

/** An agent that answers uses a thousand tokens (scripted-driver.ts). */
export function writeBudget(random: Random): { budget?: Record<string, unknown> } {
  if (!random.chance(0.2)) return {};
  return { budget: { tokens: random.pick([1000, 2500, 6000]), window: random.pick(['5m', '30m', '2h', '24h']) } };
}

/** The most that {@link writeSchedule} lets `replay` run; keeps a simulated night from costing a real one. */
const CATCH_UP_MAX = 15;

export function writeSchedule(random: Random, context: WritingContext): Record<string, unknown> {
  const policy = random.pick(['skip_missed', 'coalesce', 'replay']);
  return {
    ...writeInstants(random, context),
    catch_up_policy: policy,
    catch_up_max: random.int(1, CATCH_UP_MAX),
    ...(random.chance(0.3) ? { misfire_grace_seconds: random.pick([0, 1, 10, 600]) } : {}),
    ...(random.chance(0.25) ? { catch_up_window: random.pick(['10s', '5m', '2h']) } : {}),
    ...(random.chance(0.25) ? { jitter: random.pick(['1s', '30s', '10m']) } : {}),
    ...writeWindow(random, context),
  };
}

function writeWindow(random: Random, { now }: WritingContext): Record<string, unknown> {
  switch (random.weighted({ none: 84, end_at: 8, start_at: 8 })) {
    case 'none':
      return {};
    case 'end_at':
      return { end_at: formatInstant(now + random.logarithmic(60_000, 7_200_000)) };
    case 'start_at':
      return { start_at: formatInstant(now + random.logarithmic(60_000, 3_600_000)) };
  }
}

function writeInstants(random: Random, context: WritingContext): Record<string, unknown> {
  switch (random.weighted({ every: 4, cron: 5, at: 1 })) {
    case 'every':
      return { mode: 'every', interval: random.pick(['7s', '20s', '45s', '1m', '2m30s', '10m', '1h']) };
    case 'cron':
      return {
        mode: 'cron',
        expr: random.pick([
          '* * * * *',
          '*/2 * * * *',
          '*/7 * * * *',
          '0 * * * *',
          '30 2 * * *',
          '*/10 1-3 * * *',
          '15,45 0-4 * * *',
          '0 9 * * 1-5',
        ]),
        ...(random.chance(0.8) ? { timezone: random.pick(context.zones) } : {}),
        ...(random.chance(0.2)
          ? { dst: { gap: random.pick(['run_after', 'skip']), overlap: random.pick(['first', 'second', 'both']) } }
          : {}),
      };
    case 'at':
      return { mode: 'at', time: formatInstant(context.now + random.logarithmic(5000, 7_200_000)) };
  }
}

export function writeRetry(random: Random): Record<string, unknown> {
  if (random.chance(0.4)) return { strategy: 'none', max_retries: 0, base_delay: '' };
  return {
    strategy: 'backoff',
    max_retries: random.int(1, 3),
    base_delay: random.pick(['500ms', '2s', '20s']),
    ...(random.chance(0.3) ? { max_delay: '30s' } : {}),
  };
}

export function writeFireLimit(random: Random): Record<string, unknown> {
  if (random.chance(0.5)) return { max: 1000, window: '1h' };
  return { max: random.int(1, 6), window: random.pick(['30s', '2m', '10m', '1h']) };
}
