/** Takes the steps of a store once, along their usual and their unusual branches, for whoever watches what it says to its database. */
import { take as takeActivation, createTrigger, newActivation, plainDecider, settleAll } from './activation-fixture.ts';
import type { Store } from '../../src/store/store.ts';
import {
  FAILED,
  T0,
  accept,
  caps,
  claim,
  createJob,
  decideOne,
  finish,
  job,
  newRun,
  placeAt,
  session,
  trigger,
} from './store-fixture.ts';

/** Takes every step once, along its usual and its unusual branches. */
export async function takeEveryStep(store: Store): Promise<void> {
  const place = placeAt(T0);
  await createJob(store, job('job_a', { budget: { tokens: 5 }, agent_name: 'a' }), T0);
  await createJob(store, job('job_b', { scope: 'workspace', workspace_id: 'ws_1', agent_name: 'b' }), T0);
  await store.createAutomation({ now: T0, automation: trigger('trg_a', { webhook_id: 'wbh_1' }), placeCursor: place });
  const config = [job('job_c', { source: 'config' })];
  for (const automations of [config, [job('job_c', { source: 'config', agent_name: 'c' })]]) {
    await store.syncAutomations({ now: T0, source: 'config', automations, keep_ids: [], placeCursor: place });
  }
  await store.setOverlay({ now: T0, id: 'job_c', enabled_override: false, placeCursor: place });
  await store.clearOverlay({ now: T0, id: 'job_c', placeCursor: place });
  await store.planFires({ now: T0, limit: 10, daily_since: T0, decide: decideOne({ prompt: 'text' }) });
  await accept(store, 'job_a', [
    newRun({ exclusive: true }),
    newRun({ exclusive: true, expires_at: T0 + 1 }),
    newRun({ available_at: T0 + 1, exclusive: true }),
  ]);
  await store.replaceCursors({ now: T0, which: 'all', placeCursor: place });
  await store.replaceCursors({ now: T0, which: 'parked', placeCursor: place });
  await store.nextWakeAt({ after: T0 });
  await claim(store, { caps: caps({ held: ['a'] }) });
  const [claimed] = await claim(store, { now: T0 + 1, caps: caps({ per_agent: { b: 1 }, per_workspace: 1 }) });
  const fence = { run_id: claimed!.run.id, token: claimed!.token };
  await store.startRun({ now: T0, ...fence, prompt: 'sent', session: session(claimed!.run.id) });
  const entries = [{ seq: 1, at: T0, kind: 'message' as const, text: 'said' }];
  await store.appendTranscript({ session_id: session(claimed!.run.id).id, entries, bytes: 1, truncated: false });
  await store.readTranscript({ session_id: session(claimed!.run.id).id, after_seq: 0, limit: 5 });
  await store.getSession({ id: session(claimed!.run.id).id });
  await store.reportUsage({ ...fence, usage: { input_tokens: 9 } });
  await store.noteDeliveryError({ now: T0, ...fence, error: 'x' });
  const permission = { title: 't', tool: 'x', options: [], asked_at: T0, deadline_at: T0 + 1 };
  await store.openPermission({ now: T0, ...fence, permission });
  await store.regainSlot({ now: T0, ...fence, caps: caps() });
  const request = { now: T0, reason: 'user', error: 'no', actor: 'user:x' } as const;
  await store.cancelRun({ ...request, run_id: claimed!.run.id });
  await store.listCancelRequests({ node: 'node-a' });
  await store.renewLeases({ now: T0, node: 'node-a', lease_ms: 1, tokens: [claimed!.token] });
  await store.listAbandoned({ now: T0, node: 'other', limit: 5 });
  await finish(store, claimed!, FAILED);
  await finish(store, claimed!, FAILED);
  await store.expireRuns({ now: T0 + 5, limit: 5 });
  for (const run of await store.listWaiting({ limit: 5 })) await store.cancelRun({ ...request, run_id: run.id });
  await store.getJob({ id: 'job_a' });
  for (const query of [
    {},
    { scope: 'global' },
    { workspace_id: 'ws_1' },
    { name: 'a' },
    { q: 'a' },
    { tag: 'x' },
  ] as const) {
    await store.listJobs({ query });
  }
  await store.listTriggers({ query: { event: 'x', source: 'dynamic' } });
  await store.listUpcoming({ until: T0, limit: 5 });
  await store.readCounts();
  await store.listAutomationChanges({ automation_id: 'job_a', until: T0, limit: 5 });
  await store.findInstantRuns({ job_id: 'job_a', scheduled_at: T0 });
  await store.readSpending({ since: T0 });
  await store.readSpending({ automation_id: 'job_a', since: T0 });
  await store.spendingFreeAt({ automation_id: 'job_a', now: T0, window_ms: 1000, tokens: 1, cost_usd: 1 });
  await store.listUsageDays({ since_day: '2026-01-01', automation_id: 'job_a', limit: 5 });
  await matchAndTell(store);
  await handOver(store);
  await keepAndForget(store);
  await store.deleteWorkspace({ id: 'ws_1' });
  await store.deleteAutomation({ now: T0, id: 'job_a', actor: 'user:x' });
}

/** Events, deliveries and calls of hooks. */
async function matchAndTell(store: Store): Promise<void> {
  await createTrigger(store, 'trg_two', { filter: { 'data.a': '1', 'data.b': '2' } });
  await createTrigger(store, 'trg_gathers', { coalesce: { window: '1s', max_wait: '2500ms', key: 'k' } });
  const { activation } = await takeActivation(store, { data: { a: '1', b: '2', key: 'k' }, dedupe_key: 'once' });
  await takeActivation(store, { data: { a: '1' }, dedupe_key: 'once' });
  await takeActivation(store, { kind: 'ext.other', scope: 'workspace', workspace_id: 'ws_1' });
  await settleAll(store, T0 + 5000);
  await store.getActivation({ id: activation.id });
  for (const query of [
    {},
    { kind: 'ext.test' },
    { workspace_id: 'ws_1' },
    { cause_run_id: 'run_x' },
    { since: T0, until: T0 + 1 },
  ]) {
    await store.listActivations({ query });
  }
  await store.listVerdicts({ activation_id: activation.id });
  await store.listTriggerVerdicts({ trigger_id: 'trg_two', limit: 5 });
  await store.listActivationRuns({ activation_id: activation.id, limit: 5 });
  await store.readGathering({ id: 'evt_x' });

  await store.findEndpoint({ webhook_id: 'wbh_1' });
  const delivery = {
    id: 'dlv_1',
    result: 'accepted' as const,
    status: 202,
    trigger_id: 'trg_a',
    endpoint: 'a--wbh_1',
    bytes: 2,
    keys: ['one', 'two'],
    activation: newActivation({ id: 'evt_dlv_1', kind: 'webhook', source: 'webhook', addressed_to: 'trg_a' }),
  };
  const deliveries = [delivery, { ...delivery, id: 'dlv_2' }];
  await store.acceptDeliveries({ now: T0, deliveries, daily_since: T0, decider: plainDecider });
  const refusal = { id: 'dlv_3', status: 401, scope: 'global' as const, endpoint: 'a--wbh_1', bytes: 2 };
  const refused = {
    ...refusal,
    reason: 'webhook_signature_invalid',
    detail: 'no',
    received_at: T0,
    count: 2,
    last_at: T0,
  };
  await store.recordRefusals({ refusals: [refused] });
  await store.getDelivery({ id: 'dlv_1' });
  for (const query of [{}, { trigger_id: 'trg_a' }, { result: 'refused' }, { since: T0, until: T0 + 1 }] as const) {
    await store.listDeliveries({ query });
  }

  const call = { id: 'hkc_1', hook: 'tell', event: 'automation.run.failed', run_id: 'run_1' } as const;
  await store.planHookCalls({ now: T0, limit: 5, decide: () => [call] });
  await store.takeHookCalls({ now: T0, limit: 5, lease_ms: 1000 });
  await store.nextHookCallAt();
  await store.endHookCall({ now: T0, id: 'hkc_1', state: 'completed', duration_ms: 1, detail: 'ok' });
  await store.releaseHookCalls({ now: T0 });
  for (const query of [{}, { hook: 'tell' }, { run_id: 'run_1' }]) await store.listHookCalls({ query });
}

/** Tasks, by hand and of runs. */
async function handOver(store: Store): Promise<void> {
  const task = { title: 'Look', priority: 0, created_by: 'user:x' };
  await createJob(store, job('job_task', { task: { title: 'Look' } }), T0);
  await accept(store, 'job_task', [newRun({ exclusive: true })]);
  const describe = ({ run }: { run: { id: string } }) => ({
    ...task,
    id: `task_${run.id}`,
    task_run_id: `trun_${run.id}`,
    idempotency_key: `run:${run.id}`,
  });
  await store.delegateRuns({ now: T0, limit: 5, describe });
  const owner = { kind: 'pool', ref: 'reviewers' } as const;
  const byHand = { ...task, id: 'task_1', task_run_id: 'trun_1', idempotency_key: 'one', network_channel: 'c', owner };
  await store.createTask({ now: T0, task: byHand });
  const ending = { decideFollowUp: () => ({ consecutive_failures: 1 }), placeCursor: placeAt(T0) };
  for (const filter of [{ owner }, { network_channel: 'c' }, {}]) {
    const token = `task-token-${JSON.stringify(filter)}`;
    const claimed = await store.claimTask({ now: T0, token, worker: 'ada', lease_ms: 1000, filter });
    if (claimed.outcome !== 'claimed') continue;
    const held = { now: T0, task_run_id: claimed.task.task_run.id, token };
    await store.renewTaskLease({ ...held, lease_ms: 1000 });
    if (claimed.task.id === 'task_1') await store.releaseTask(held);
    else await store.endTask({ ...held, result: { status: 'failed', error: 'no', by: 'ada' }, ...ending });
  }
  await store.cancelTask({ now: T0, id: 'task_1', error: 'no', by: 'user:x' });
  await store.sweepTasks({ now: T0 + 5000, limit: 5, lapses_max: 3, ...ending });
  await store.getTask({ id: 'task_1' });
  await store.getTasks({ ids: ['task_1'] });
  const lists = [{}, { status: 'queued' }, { owner_kind: 'pool', owner_ref: 'r' }, { network_channel: 'c' }] as const;
  for (const query of [...lists, { workspace_id: 'ws_1' }, { job_id: 'job_task' }]) await store.listTasks({ query });
  await store.pruneTasks({ before: T0, limit: 5 });
}

/** Sessions, requests, credentials, holds, and what goes with time. */
async function keepAndForget(store: Store): Promise<void> {
  for (const query of [{}, { agent_name: 'a' }, { automation_id: 'job_a' }, { since: T0, until: T0 + 1 }]) {
    await store.listSessions({ query });
  }
  const usage = { turns: 1, input_tokens: 1, output_tokens: 1, cost_usd: 0, begun_at: T0, last_run_id: 'run_1' };
  const kept = { automation_id: 'job_b', agent_name: 'b', cwd: '/w', agent_session_id: 's', ...usage };
  await store.keepContinuedSession({ session: kept });
  await store.findContinuedSession({ automation_id: 'job_b' });
  await store.forgetContinuedSession({ automation_id: 'job_b' });
  const record = { id: 'chg_1', at: T0, actor: 'user:x', operation: 'createJob', outcome: 'begun' } as const;
  const key = { key_hash: 'k', request_hash: 'r', node: 'node-a', expires_at: T0 + 1 };
  await store.beginRequest({ now: T0, record, key });
  await store.beginRequest({ now: T0, key });
  await store.finishRequest({
    record: { id: 'chg_1', outcome: 'done', status: 201 },
    key: { key_hash: 'k', end: { keep: { status: 201, headers: {}, body: '' } } },
  });
  await store.listChangeRecords({ query: {} });
  await store.pruneChangeRecords({ before: T0, limit: 5 });
  await store.holdAgent({ now: T0, hold: { agent_name: 'a', until: T0 + 1, reason: 'limit' } });
  await store.listAgentHolds({ now: T0 });
  await store.releaseAgent({ agent_name: 'a' });
  for (const bound of [T0, null]) {
    await store.pruneTranscripts({ now: T0, before: bound, bytes_max: bound === null ? 1 : null, limit: 5 });
    await store.pruneRuns({ before: bound, count_max: bound === null ? 100 : null, keep_since: T0, limit: 5 });
  }
  await store.pruneActivations({ before: T0, limit: 5 });
  await store.pruneDeliveries({ now: T0, before: T0, limit: 5 });
  await store.pruneHookCalls({ before: T0, limit: 5 });
}
