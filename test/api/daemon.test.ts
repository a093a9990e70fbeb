import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/api/contract/route-table.ts';
import { type Harness, openHarness } from './api-harness.ts';

let api: Harness;
beforeEach(async () => {
  api = await openHarness();
});
afterEach(() => api.close());

describe('the daemon', () => {
  it('says how it is', async () => {
    api.clock.advance(5_000);
    const { status, body } = await api.ask('GET status');
    expect(status).toBe(200);
    expect(body.status).toMatchObject({
      version: '0.1.0',
      node: 'node_test',
      home: api.home,
      now_at: '2026-11-22T12:00:05.000Z',
      started_at: '2026-11-22T12:00:00.000Z',
      automation: { enabled: true, timezone: 'UTC' },
      counts: { jobs: 0, triggers: 0, scheduled: 0, running: 0 },
      config_problems: 0,
      services: [{ name: 'planner', healthy: true }],
    });
  });

  it('lists what is wrong with its files', async () => {
    const problem = {
      file: '/h/rouse.toml',
      line: 3,
      column: 1,
      path: 'automation.jobs[0]',
      code: 'invalid_syntax',
      message: 'y',
      frame: '3 | x',
    } as const;
    api.status.config_problems = [problem];
    expect((await api.ask('GET config/problems')).body).toEqual({ problems: [problem] });
    expect((await api.ask('GET status')).body.status.config_problems).toBe(1);
  });

  it('answers probes without a token, at two addresses', async () => {
    for (const path of ['healthz', '/healthz']) {
      expect(await (await api.send(`GET ${path}`, { token: null })).json()).toEqual({ status: 'ok' });
    }
    expect(await api.ask('GET readyz', { token: null })).toMatchObject({ status: 200, body: { status: 'ready' } });
    Object.assign(api.readiness, { ready: false, waiting_for: ['planner'] });
    expect(await api.ask('GET readyz', { token: null })).toMatchObject({
      status: 503,
      body: { status: 'not_ready', waiting_for: ['planner'] },
    });
  });

  it('gives its OpenAPI document', async () => {
    const { body } = await api.ask('GET openapi.json', { token: null });
    expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '0.1.0' } });
  });
});

describe('the reference page', () => {
  it('says every route, and runs nothing', async () => {
    const response = await api.send('GET docs', { token: null });
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const page = await response.text();
    for (const route of Object.values(ROUTES)) expect(page).toContain(route.replace(' ', ' /api'));
    expect(page).not.toMatch(/<script|javascript:|src=/);
  });
});

describe('agents', () => {
  it('are listed without arguments and without what their environment holds', async () => {
    const { body } = await api.ask('GET agents');
    expect(body.agents).toEqual([
      {
        name: 'echo',
        type: 'command',
        program: '/usr/bin/echo',
        permission: 'ask',
        env: ['API_KEY'],
        env_pass: ['PATH'],
        max_concurrent: 0,
        stall_timeout: '15m0s',
        stop_grace: '10s',
        worktree: false,
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('sk-');
  });
});

describe('workspaces', () => {
  it('are registered and listed', async () => {
    const { status, body } = await api.ask('POST workspaces', { json: { path: api.home, name: 'home' } });
    expect(status).toBe(201);
    expect(body.workspace).toMatchObject({ name: 'home', trusted: false, created_at: '2026-11-22T12:00:00.000Z' });
    expect((await api.ask('GET workspaces')).body.workspaces).toEqual([body.workspace]);
    const again = await api.ask('POST workspaces', { json: { path: api.home, name: 'other', trusted: true } });
    expect(again.body.workspace).toMatchObject({ id: body.workspace.id, name: 'other', trusted: true });
  });
  it.each([
    [{ path: '/does/not/exist' }, 422, 'folder_not_found'],
    [{ path: '' }, 422, 'validation_failed'],
    [{}, 422, 'validation_failed'],
    [{ path: '/tmp', trusted: 'yes' }, 422, 'validation_failed'],
    [{ path: '/tmp', nam: 'x' }, 422, 'validation_failed'],
    [{ path: '/tmp\u0000x' }, 422, 'folder_not_found'],
  ])('refuse %j', async (json, status, code) =>
    expect(await api.ask('POST workspaces', { json })).toMatchObject({ status, body: { code } }),
  );
});

describe('sessions', () => {
  it('are read by their id', async () => {
    const job = await api.ask('POST automation/jobs', {
      json: {
        scope: 'global',
        name: 'a',
        agent_name: 'echo',
        prompt: 'x',
        schedule: { mode: 'every', interval: '1h' },
      },
    });
    await api.ask(`POST automation/jobs/${job.body.job.id}/trigger`);
    const [claimed] = await api.claim();
    const run = await api.start(claimed!);
    const { body } = await api.ask(`GET sessions/${run.session_id}`);
    expect(body.session).toMatchObject({ run_id: run.id, agent_name: 'echo', cwd: api.home });
    expect(await api.ask('GET sessions/ses_x')).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
  });
});
