/** Puts the hooks together: the gates for the engine, the courier beside it, and tries of single hooks. */
import { mkdir } from 'node:fs/promises';
import type { ProcessTable } from '../agents/process/process-table.ts';
import type { HookTools } from '../api/api-deps.ts';
import type { Clock } from '../clock/clock.ts';
import type { HookDefinition } from '../config/hook-entry.ts';
import type { PreFire } from '../engine/pre-fire-gate.ts';
import { AppError } from '../errors/app-error.ts';
import type { HappeningBus } from '../events/happening.ts';
import { HookCourier } from '../hooks/hook-courier.ts';
import { hookCalled } from '../hooks/hook-called.ts';
import { type CompletedHook, hookEvent } from '../hooks/hook-event.ts';
import { createHookGate } from '../hooks/hook-gate.ts';
import { HookRunner } from '../hooks/hook-runner.ts';
import { type HookCall, isGate } from '../model/hook.ts';
import { hookCallIdFor } from '../model/identifiers.ts';
import type { NewActivation } from '../store/activation-store.ts';
import type { Store } from '../store/store.ts';

export interface HookHouse {
  preFire: PreFire;
  courier: HookCourier;
  tools: HookTools;
}

export function createHookHouse(p: {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  processes: ProcessTable;
  environment: Readonly<Record<string, string | undefined>>;
  /** Where commands run. */
  folder: string;
  hooks: () => readonly HookDefinition[];
  fetch: typeof fetch;
  resolveSecret: (reference: string) => Promise<string>;
  redact: (text: string) => string;
  newToken: () => string;
  accept: (activation: NewActivation) => Promise<unknown>;
}): HookHouse {
  const { store, clock, hooks } = p;
  const runner = new HookRunner({
    ...p,
    ensureFolder: async () => void (await mkdir(p.folder, { recursive: true, mode: 0o700 })),
  });
  const onCompleted = async (done: CompletedHook): Promise<void> =>
    void (await p.accept(hookEvent({ ...done, now: clock.now() })));
  const tools: HookTools = {
    list: () =>
      hooks().map(({ name, events, command, url, timeout_ms, match }) => ({
        name,
        events,
        kind: url === '' ? 'command' : 'url',
        // Arguments and queries often carry keys, although they should be references.
        target: url === '' ? (command[0] ?? '') : new URL(url).origin + new URL(url).pathname,
        timeout_ms,
        match,
      })),
    async test({ name }) {
      const hook = hooks().find((one) => one.name === name);
      if (hook === undefined) throw new AppError('hook_not_found', { name });
      const token = p.newToken();
      const event = hook.events[0]!;
      const id = hookCallIdFor({ hook: name, event, event_id: `test ${token}` });
      const result = await runner.run({ hook, id, event, data: SAMPLE });
      const now = clock.now();
      const call: HookCall = {
        id,
        hook: name,
        event,
        state: result.ok ? 'completed' : 'failed',
        created_at: now - result.duration_ms,
        attempts: 1,
        ended_at: now,
        duration_ms: result.duration_ms,
        detail: `a test: ${result.detail}`,
      };
      await store.recordHookCall({ call });
      p.bus.report(hookCalled(call, now));
      return { call, ...(isGate(event) ? { answer: p.redact(result.answer) } : {}) };
    },
  };
  return {
    preFire: createHookGate({ runner, store, bus: p.bus, hooks, onCompleted }),
    courier: new HookCourier({ store, clock, bus: p.bus, runner, hooks, onCompleted }),
    tools,
  };
}

/** What a test tells: nothing of it exists, and it says so. */
const SAMPLE: Record<string, unknown> = {
  test: true,
  run_id: 'run_test',
  run_kind: 'manual',
  attempt: 1,
  status: 'failed',
  reason: 'agent_error',
  error: 'this is a test; nothing failed',
  will_retry: false,
  automation_id: 'job_test',
  automation_kind: 'job',
  automation_name: 'test',
  agent_name: 'test',
  prompt: 'This is a test.',
};
