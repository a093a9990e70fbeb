/**
 * What needs a person, from what the daemon says: pure, so that the list can be tested without a screen. A failure is
 * listed while it is the last word of its automation; the next success takes it off without anybody's help.
 */
import type {
  ApiAgent,
  ApiConfigProblem,
  ApiDelivery,
  ApiJob,
  ApiRun,
  ApiStatus,
  ApiTrigger,
} from '../../../src/client/client.ts';
import { DAY, epochOf } from '../../text/time-text.ts';

export type Need = {
  key: string;
  /** Of what it is about. */
  title: string;
  /** What happened: the daemon's own sentence. */
  sentence: string;
  /** Since when, milliseconds since 1970. */
  since?: number | undefined;
} & (
  | { kind: 'permission'; run: ApiRun }
  | { kind: 'failure' | 'misfire' | 'refusal'; run: ApiRun; of: ApiJob | ApiTrigger }
  | { kind: 'automation'; of: ApiJob | ApiTrigger }
  | { kind: 'config' | 'service' | 'house' }
  | { kind: 'agent'; agent: ApiAgent }
  | { kind: 'delivery'; delivery: ApiDelivery }
);

export interface NeedFacts {
  jobs: readonly ApiJob[];
  triggers: readonly ApiTrigger[];
  running: readonly ApiRun[];
  problems: readonly ApiConfigProblem[];
  agents: readonly ApiAgent[];
  /** Deliveries that were refused lately, newest first. */
  refused: readonly ApiDelivery[];
  status: ApiStatus | undefined;
  now: number;
}

/** Most urgent first: somebody waits for an answer, then what stands still, then what went wrong. */
export function needsOf(facts: NeedFacts): Need[] {
  const names = new Map([...facts.jobs, ...facts.triggers].map(({ id, name }) => [id, name]));
  return [
    ...facts.running.flatMap((run) => permissionNeed(run, names)),
    ...houseNeeds(facts.status),
    ...facts.problems.map(problemNeed),
    ...facts.agents.flatMap(heldNeed),
    ...[...facts.jobs, ...facts.triggers].flatMap((each) => automationNeed(each, facts.now)),
    ...deliveryNeeds(facts.refused, { names, now: facts.now }),
  ];
}

function permissionNeed(run: ApiRun, names: ReadonlyMap<string, string>): Need[] {
  if (run.permission === undefined) return [];
  const { title, asked_at } = run.permission;
  const name = names.get(run.job_id ?? run.trigger_id ?? '') ?? run.job_id ?? run.trigger_id ?? 'A run';
  return [
    { kind: 'permission', key: `permission ${run.id}`, title: name, sentence: title, since: epochOf(asked_at), run },
  ];
}

function houseNeeds(status: ApiStatus | undefined): Need[] {
  if (status === undefined) return [];
  const { paused, since, by } = status.automation;
  const house: Need[] = paused
    ? [
        {
          kind: 'house',
          key: 'paused',
          title: 'Everything is paused',
          sentence:
            by === 'config'
              ? 'The configuration says enabled = false, so nothing fires; only the file ends that.'
              : `Nothing is planned and nothing starts${by === undefined ? '' : ` since ${by} said so`}.`,
          since: epochOf(since),
        },
      ]
    : [];
  const services = status.services.filter(({ healthy }) => !healthy);
  return [
    ...house,
    ...services.map(({ name, error, since_at }): Need => ({
      kind: 'service',
      key: `service ${name}`,
      title: `The ${name} service fails`,
      sentence: `${error ?? 'It gave no reason.'} It is tried again by itself.`,
      since: epochOf(since_at),
    })),
  ];
}

function problemNeed(problem: ApiConfigProblem): Need {
  const { file, line, column, message } = problem;
  const name = file.split('/').at(-1) ?? file;
  const place = line === undefined ? name : `${name}:${line}${column === undefined ? '' : `:${column}`}`;
  return {
    kind: 'config',
    key: `config ${file} ${place} ${problem.path}`,
    title: place,
    sentence: `At ${problem.path}: ${message}`,
  };
}

function heldNeed(agent: ApiAgent): Need[] {
  if (agent.held_until === undefined) return [];
  const sentence = `Its account is exhausted: ${agent.held_reason ?? 'the agent said so'}. Its runs wait.`;
  return [{ kind: 'agent', key: `agent ${agent.name}`, title: agent.name, sentence, agent }];
}

/** What was refused at a trigger's own address, once per trigger and for a day; strangers' knocks need nobody. */
function deliveryNeeds(
  refused: readonly ApiDelivery[],
  p: { names: ReadonlyMap<string, string>; now: number },
): Need[] {
  const newest = new Map<string, ApiDelivery>();
  for (const delivery of refused) {
    const { trigger_id: id } = delivery;
    if (id !== undefined && p.names.has(id) && !newest.has(id)) newest.set(id, delivery);
  }
  return [...newest].flatMap(([id, delivery]): Need[] => {
    const since = epochOf(delivery.last_repeat_at ?? delivery.received_at);
    if (since === undefined || p.now - since > DAY) return [];
    return [
      {
        kind: 'delivery',
        key: `delivery ${id}`,
        title: p.names.get(id) ?? delivery.endpoint,
        sentence: `A delivery was refused with ${delivery.status}: ${delivery.detail ?? delivery.reason ?? 'no reason was kept.'}`,
        since,
        delivery,
      },
    ];
  });
}

function automationNeed(of: ApiJob | ApiTrigger, now: number): Need[] {
  const { blocked, last_run: run } = of;
  // Everything that is paused, or a daemon switched off, is said once and not per automation.
  if (blocked !== undefined && blocked.code !== 'paused' && blocked.code !== 'automation_disabled') {
    const { message, since_at } = blocked;
    return [
      {
        kind: 'automation',
        key: `automation ${of.id}`,
        title: of.name,
        sentence: message,
        since: epochOf(since_at),
        of,
      },
    ];
  }
  if (run === undefined || !of.effective_enabled) return [];
  const since = epochOf(run.ended_at ?? run.created_at);
  const need = (kind: 'failure' | 'misfire' | 'refusal', sentence: string): Need[] => [
    { kind, key: `run ${run.id}`, title: of.name, sentence, since, run, of },
  ];
  if (run.status === 'failed') return need('failure', run.error ?? 'It failed and gave no reason.');
  if (run.status !== 'canceled' || now - since > DAY) return [];
  if (run.reason === 'misfire') return need('misfire', run.error ?? 'It could not be carried out in time.');
  return REFUSALS.has(run.reason) ? need('refusal', run.error ?? 'It was refused.') : [];
}

/** Reasons that somebody may want to do something about; an overlap that was skipped is the policy at work. */
const REFUSALS: ReadonlySet<ApiRun['reason']> = new Set([
  'fire_limit',
  'budget',
  'queue_timeout',
  'loop_guard',
  'hook',
  'permission',
] as const);
