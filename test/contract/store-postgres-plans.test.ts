// How PostgreSQL carries the store's statements out once there is a history: along indexes. On an empty database its
// planner reads whole tables, and rightly so; two hundred thousand runs show what it does when that would be a standstill.
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { type Connection, Database, type Value } from '../../src/store/postgres/database.ts';
import { createPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { RunQuery } from '../../src/model/run.ts';
import type { Store } from '../../src/store/store.ts';
import { testDatabase } from '../postgres/test-database.ts';
import { takeEveryStep } from './every-step.ts';
import { T0 } from './store-fixture.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** Tables that grow with time or with what people write. */
const LARGE = new Set([
  ...['runs', 'run_texts', 'cursors', 'automations', 'automation_changes', 'sessions', 'transcript_entries'],
  ...['activations', 'activation_verdicts', 'trigger_index', 'deliveries', 'delivery_keys', 'tasks', 'hook_calls'],
  ...['change_records', 'request_keys', 'usage_days'],
]);

/**
 * The weight of all transcripts is added up once per step of a retention that limits it: a sum that every transcript
 * had to write into would hold up all nodes with each entry (docs/decisions/0020).
 */
const ADDED_UP = /^select coalesce\(sum\(transcript_bytes\), 0\)/;

interface Statement {
  sql: string;
  values: Value[];
}

class RecordingDatabase extends Database {
  readonly sent = new Map<string, Statement>();

  override one<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    this.#record(sql, values);
    return super.one(sql, ...values);
  }

  override all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    this.#record(sql, values);
    return super.all(sql, ...values);
  }

  override run(sql: string, ...values: Value[]): Promise<number> {
    this.#record(sql, values);
    return super.run(sql, ...values);
  }

  override read<T>(body: (connection: Connection) => Promise<T>): Promise<T> {
    return super.read((connection) => body(this.#recorded(connection)));
  }

  override write<T>(body: (connection: Connection) => Promise<T>): Promise<T> {
    return super.write((connection) => body(this.#recorded(connection)));
  }

  #recorded(connection: Connection): Connection {
    return {
      one: (sql, ...values) => (this.#record(sql, values), connection.one(sql, ...values)),
      all: (sql, ...values) => (this.#record(sql, values), connection.all(sql, ...values)),
      run: (sql, ...values) => (this.#record(sql, values), connection.run(sql, ...values)),
    };
  }

  #record(sql: string, values: Value[]): void {
    if (/^\s*(with|select|insert|update|delete)\b/i.test(sql)) this.sent.set(sql, { sql, values });
  }
}

let database: RecordingDatabase;
let store: Store;

beforeAll(async () => {
  const url = await testDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(FILL);
  await client.query('analyze');
  await client.end();
  database = new RecordingDatabase({ url, applicationName: 'plans' });
  const channel = { tell: () => {}, listen: () => () => {}, close: () => Promise.resolve() };
  store = createPostgresStore(database, { clock: systemClock(), channel });
});
afterAll(() => store.close());

const DEFINITION = JSON.stringify({
  id: 'ID',
  name: 'ID',
  agent_name: 'agent-1',
  prompt: 'Look.',
  scope: 'global',
  source: 'dynamic',
  enabled: true,
  retry: { strategy: 'none', max_retries: 0, base_delay: '' },
  fire_limit: { max: 12, window: '1h' },
  JOB: 1,
});

/** A thousand jobs with two hundred runs each, and all that hangs on them; nothing of the rules of the drawing is needed. */
const FILL = `
set session_replication_role = replica;
insert into automations (id, kind, scope, workspace_id, name, source, agent_name, event, tags, search, revision,
  created_at, updated_at, definition)
  select 'auto_' || i, case when i % 4 = 0 then 'trigger' else 'job' end, 'global', '', 'name-' || i, 'dynamic', 'agent-' || i % 10,
    case when i % 4 = 0 then 'ext.test' end, '', 'name-' || i, 1, ${T0}, ${T0},
    replace(replace('${DEFINITION}', 'ID', 'auto_' || i), '"JOB":1',
      case when i % 4 = 0 then '"event":"ext.test"' else '"catch_up_policy":"skip_missed"' end)
  from generate_series(1, 4000) as i;
insert into cursors (automation, due_at, next_run_at, catch_up_policy, misfire_grace_seconds, consecutive_resume_failures,
  misfire_count, updated_at)
  select seq, ${T0} + 3600000 + seq, ${T0} + 3600000 + seq, 'skip_missed', 60, 0, 0, ${T0} from automations where kind = 'job';
insert into trigger_index (automation, event, scope, workspace_id, path, wanted)
  select seq, 'ext.test', 'global', '', 'data.a', 'value ' || seq from automations where kind = 'trigger';
insert into trigger_paths (event, scope, workspace_id, path, triggers) values ('ext.test', 'global', '', 'data.a', 1000);
insert into runs (id, automation_id, automation_kind, fire_id, attempt, status, queue, kind, reason, priority, exclusive,
  catch_up, agent_name, workspace_id, created_at, scheduled_at, available_at, accepted_at, expires_at, started_at, ended_at, node,
  token, lease_until, slot, session_id, event_id, input_tokens, output_tokens, cost_usd)
  select 'run_' || i, 'auto_' || i % 1000, case when i % 4 = 0 then 'trigger' else 'job' end, 'fire_' || i, 1,
    case when i % 10000 = 0 then 'running' when i % 400 = 1 then 'scheduled' when i % 20 = 2 then 'failed' else 'completed' end,
    case when i % 10000 = 0 then null when i % 1200 = 1 then 'later' when i % 1200 = 401 then 'behind'
      when i % 400 = 1 then 'ready' end,
    'schedule', case when i % 20 = 2 then 'agent_error' end, 0, 1, 0, 'agent-' || i % 10, '', ${T0} - 86400000 + i, ${T0} - 86400000 + i,
    case when i % 1200 = 1 then ${T0} + 86400000 else ${T0} - 86400000 + i end,
    ${T0} - 86400000 + i, ${T0} + 86400000, ${T0} - 86400000 + i, case when i % 10000 <> 0 and i % 400 <> 1 then ${T0} - 86400000 + i end, 'node-a',
    'token-' || i, case when i % 10000 = 0 then ${T0} + 20000 end, case when i % 10000 = 0 then 'held' end, 'ses_' || i,
    case when i % 4 = 0 then 'evt_' || i end, 10, 10, 0.1
  from generate_series(1, 200000) as i;
insert into run_texts (run, prompt, output) select seq, 'Look.', 'Seen.' from runs;
insert into sessions (id, run_id, agent_name, cwd, started_at, ended_at, transcript_bytes, transcript_truncated, automation_id)
  select session_id, id, agent_name, '/w', created_at, created_at, 10, 0, automation_id from runs where seq % 2 = 0;
insert into transcript_entries (session, seq, at, kind, text) select seq, 1, started_at, 'message', 'said' from sessions;
insert into usage_days (day, automation_id, agent_name, runs, input_tokens, output_tokens, cost_usd)
  select '2026-11-' || 10 + i % 10, 'auto_' || i, 'agent', 1, 1, 1, 0 from generate_series(1, 20000) as i;
insert into automation_changes (automation_id, at, kind, enabled)
  select 'auto_' || i % 1000, ${T0} - i, 'updated', 1 from generate_series(1, 20000) as i;
insert into activations (id, dedupe_key, kind, scope, workspace_id, source, occurred_at, accepted_at, depth, cause_run_id,
  considered, matched, data)
  select 'evt_' || i, 'key-' || i, 'ext.' || i % 100, 'global', '', 'extension', ${T0} - i, ${T0} - i, 0, 'run_' || i, 1, 1, '{}'
  from generate_series(1, 20000) as i;
update hook_mark set activation = 20000;
insert into activation_verdicts (activation, position, automation_id, automation_name, verdict, detail)
  select seq, 0, 'auto_' || seq % 1000, 'name', 'fired', '' from activations;
insert into deliveries (id, result, status, trigger_id, scope, workspace_id, endpoint, received_at, bytes, repeats)
  select 'dlv_x' || i, case when i % 50 = 0 then 'refused' else 'accepted' end, 202, 'auto_' || i % 1000, 'global', '', 'e', ${T0} - i, 2, 0
  from generate_series(1, 20000) as i;
insert into delivery_keys (trigger_id, key, delivery_id, received_at)
  select trigger_id, 'key-' || id, id, received_at from deliveries;
insert into tasks (id, task_run_id, idempotency_key, title, priority, status, ended_at, ended_by, created_by, created_at, updated_at)
  select 'task_x' || i, 'trun_x' || i, 'x' || i, 't', 0, case when i % 500 = 0 then 'queued' else 'completed' end,
    case when i % 500 = 0 then null else ${T0} end, 'ada', 'user:x', ${T0}, ${T0} from generate_series(1, 20000) as i;
insert into hook_calls (id, hook, event, state, created_at, attempts, next_at, run_id)
  select 'hkc_x' || i, 'tell', 'x', case when i % 1000 = 0 then 'waiting' else 'completed' end, ${T0} - i, 1,
    case when i % 1000 = 0 then ${T0} end, 'run_' || i from generate_series(1, 20000) as i;
insert into change_records (id, at, actor, operation, outcome)
  select 'chg_x' || i, ${T0} - i, 'user:x', 'createJob', 'done' from generate_series(1, 20000) as i;
insert into request_keys (key_hash, request_hash, node, expires_at)
  select 'hash-' || i, 'r', 'node-a', ${T0} + i from generate_series(1, 20000) as i;
set session_replication_role = origin;
`;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Plan Rows': number;
  Plans?: PlanNode[];
}

async function planOf({ sql, values }: Statement): Promise<PlanNode[]> {
  const row = await database.one<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${sql}`, ...values);
  const all = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(all)];
  return all(row!['QUERY PLAN'][0].Plan);
}

async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  database.sent.clear();
  await work();
  return [...database.sent.values()];
}

test('no step reads a large table from end to end', async () => {
  const statements = await statementsOf(() => takeEveryStep(store));
  expect(statements.length).toBeGreaterThan(120);
  const scans: string[] = [];
  for (const statement of statements) {
    if (ADDED_UP.test(statement.sql)) continue;
    for (const node of await planOf(statement)) {
      if (node['Node Type'] !== 'Seq Scan' || !LARGE.has(node['Relation Name'] ?? '')) continue;
      scans.push(`${node['Relation Name']} (${node['Plan Rows']} rows): ${statement.sql.trim().slice(0, 160)}`);
    }
  }
  expect(scans).toEqual([]);
});

const queries: [RunQuery, string][] = [
  [{}, 'runs_by_status'],
  [{ status: 'failed' }, 'runs_by_status'],
  [{ job_id: 'auto_1' }, 'runs_by_automation'],
  [{ trigger_id: 'auto_4', status: 'failed' }, 'runs_by_automation'],
  [{ reason: 'agent_error' }, 'runs_by_reason'],
  [{ job_id: 'auto_2', reason: 'agent_error' }, 'runs_by_automation_reason'],
  [{ since: T0 - 86_300_000, until: T0 - 86_290_000 }, 'runs_by_status'],
  [{ job_id: 'auto_1', since: T0 - 86_300_000 }, 'runs_by_automation'],
  [{ exclude_id: 'run_7' }, 'runs_by_status'],
];

test.each(queries)('the list of runs %j walks its index in order', async (query, index) => {
  const [statement] = (await statementsOf(() => store.listRuns({ query }))).filter(({ sql }) => sql.includes('found'));
  const plan = await planOf(statement!);
  const walked = plan.flatMap((node) => node['Index Name'] ?? []).filter((name) => !name.startsWith('run_texts'));
  // Of a status that few runs have, any index of it is as good.
  expect(walked.filter((name) => !name.startsWith('runs_by_'))).toEqual([]);
  expect(walked).toContain(index);
  expect(plan.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
});
