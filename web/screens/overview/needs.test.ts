import { expect, it } from 'vitest';
import type { ApiDelivery, ApiJob, ApiRun, ApiStatus, ApiTrigger } from '../../../src/client/client.ts';
import { type NeedFacts, needsOf } from './needs.ts';

const now = Date.UTC(2026, 10, 27, 12);
const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString();

const run = (parts: Partial<ApiRun>): ApiRun => ({
  id: 'run_1',
  job_id: 'job_1',
  status: 'completed',
  attempt: 1,
  kind: 'schedule',
  created_at: at(10),
  ...parts,
});
const job = (parts: Partial<ApiJob>): ApiJob => ({
  id: 'job_1',
  name: 'nightly',
  scope: 'global',
  agent_name: 'echo',
  prompt: '',
  enabled: true,
  retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  fire_limit: { max: 12, window: '1h' },
  source: 'dynamic',
  created_at: at(100),
  updated_at: at(100),
  effective_enabled: true,
  next_fires: [],
  consecutive_failures: 0,
  ...parts,
});
const status = (automation: Partial<ApiStatus['automation']>): ApiStatus => ({
  version: '1',
  node: 'n',
  home: '/h',
  url: 'http://127.0.0.1',
  now_at: at(0),
  started_at: at(60),
  automation: { enabled: true, paused: false, timezone: 'UTC', ...automation },
  counts: { jobs: 1, triggers: 0, scheduled: 0, running: 0 },
  config_problems: 0,
  services: [{ name: 'engine', healthy: true }],
});

const check = (facts: Partial<NeedFacts>, needs: readonly string[]): void =>
  expect(
    needsOf({
      jobs: [],
      triggers: [],
      running: [],
      problems: [],
      agents: [],
      refused: [],
      status: undefined,
      now,
      ...facts,
    }).map(({ kind, title, sentence }) => `${kind}: ${title}: ${sentence}`),
  ).toEqual(needs);

it('nothing that works needs anybody', () => check({ jobs: [job({ last_run: run({}) })], status: status({}) }, []));
it('a failure does, while it is the last word', () =>
  check({ jobs: [job({ last_run: run({ status: 'failed', error: 'The branch is gone.' }) })] }, [
    'failure: nightly: The branch is gone.',
  ]));
it('a failure of one that was switched off does not', () =>
  check({ jobs: [job({ effective_enabled: false, last_run: run({ status: 'failed' }) })] }, []));
it('a missed fire does for a day', () => {
  const missed = { status: 'canceled', reason: 'misfire', error: 'It was missed.' } as const;
  check({ jobs: [job({ last_run: run(missed) })] }, ['misfire: nightly: It was missed.']);
  check({ jobs: [job({ last_run: run({ ...missed, created_at: at(25 * 60) }) })] }, []);
});
it('an overlap that was skipped is the policy at work, a limit is not', () => {
  check({ jobs: [job({ last_run: run({ status: 'canceled', reason: 'overlap' }) })] }, []);
  check({ jobs: [job({ last_run: run({ status: 'canceled', reason: 'fire_limit', error: 'The limit.' }) })] }, [
    'refusal: nightly: The limit.',
  ]);
});
it('an agent that asks comes first', () => {
  const permission = { title: 'Delete it', tool: 'rm', options: [], asked_at: at(1), deadline_at: at(-4) };
  check({ jobs: [job({ last_run: run({ status: 'failed', error: 'No.' }) })], running: [run({ permission })] }, [
    'permission: nightly: Delete it',
    'failure: nightly: No.',
  ]);
});
it('that everything is paused is said once', () => {
  const blocked = { code: 'paused', message: 'Everything is paused.' } as const;
  check({ jobs: [job({ blocked }), job({ id: 'job_2', blocked })], status: status({ paused: true, by: 'user:cli' }) }, [
    'house: Everything is paused: Nothing is planned and nothing starts since user:cli said so.',
  ]);
});
it('a job that stands still does, and a mistake in a file with its place', () =>
  check(
    {
      jobs: [job({ blocked: { code: 'agent_unknown', message: 'No such agent.' } })],
      problems: [{ file: 'rouse.toml', line: 3, column: 7, path: 'agents.x', code: 'required', message: 'Needed.' }],
    },
    ['config: rouse.toml:3:7: At agents.x: Needed.', 'automation: nightly: No such agent.'],
  ));

it('a refused delivery at a trigger does for a day, once per trigger; a stranger at no address does not', () => {
  const { last_run: _, ...rest } = job({});
  const trigger: ApiTrigger = { ...rest, id: 'trg_1', name: 'deploy', event: 'webhook', trigger_text: '' };
  const refused = (parts: Partial<ApiDelivery>): ApiDelivery => ({
    id: 'dlv_1',
    result: 'refused',
    status: 401,
    detail: 'The signature is not right.',
    trigger_id: 'trg_1',
    scope: 'global',
    endpoint: 'deploy--wbh_1',
    received_at: at(5),
    bytes: 2,
    repeats: 0,
    ...parts,
  });
  const { trigger_id: __, ...stranger } = refused({ id: 'dlv_3' });
  check({ triggers: [trigger], refused: [refused({}), refused({ id: 'dlv_2', detail: 'Older.' }), stranger] }, [
    'delivery: deploy: A delivery was refused with 401: The signature is not right.',
  ]);
  check({ triggers: [trigger], refused: [refused({ received_at: at(25 * 60) })] }, []);
});
