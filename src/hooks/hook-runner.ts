/** Carries one call of one hook out, whichever kind it is, and takes secrets out of what is kept of it. */
import type { Clock } from '../clock/clock.ts';
import type { HookDefinition } from '../config/hook-entry.ts';
import type { HookEvent } from '../model/hook.ts';
import { formatInstant } from '../model/instant.ts';
import { type CommandHookDeps, runCommandHook } from './command-hook.ts';
import type { HookResult } from './hook-result.ts';
import { runUrlHook } from './url-hook.ts';

export interface HookRunnerDeps extends CommandHookDeps {
  fetch: typeof fetch;
  /** Rejects with a sentence that names the reference. */
  resolveSecret: (reference: string) => Promise<string>;
  redact: (text: string) => string;
  newToken: () => string;
  /** Makes the folder where commands run. */
  ensureFolder: () => Promise<void>;
}

export interface HookCallParams {
  hook: HookDefinition;
  id: string;
  event: HookEvent;
  data: Record<string, unknown>;
  /** Of the run, where there is one, so that a later daemon finds what it left behind. */
  token?: string;
  signal?: AbortSignal;
}

export class HookRunner {
  readonly #deps: HookRunnerDeps;

  constructor(deps: HookRunnerDeps) {
    this.#deps = deps;
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  /** Never rejects. */
  async run(p: HookCallParams): Promise<HookResult & { duration_ms: number }> {
    const startedMs = this.#deps.clock.monotonicMs();
    const result = await this.#run(p).catch((error: unknown): HookResult => {
      return { ok: false, answer: '', detail: error instanceof Error ? error.message : String(error) };
    });
    const duration_ms = Math.round(this.#deps.clock.monotonicMs() - startedMs);
    return { ...result, detail: this.#deps.redact(result.detail), duration_ms };
  }

  async #run({ hook, id, event, data, token, signal }: HookCallParams): Promise<HookResult> {
    const { clock, redact, newToken } = this.#deps;
    const telling = {
      id,
      // The shape of Standard Webhooks: type, timestamp, data. A secret is for whom it was meant, and that is no hook.
      body: redact(JSON.stringify({ type: event, timestamp: formatInstant(clock.now()), hook: hook.name, data })),
      variables: variablesOf({ hook: hook.name, event, data }),
      token: token ?? newToken(),
      ...(signal === undefined ? {} : { signal }),
    };
    const timeoutMs = hook.timeout_ms;
    if (hook.url === '') {
      await this.#deps.ensureFolder();
      return runCommandHook(this.#deps, { command: hook.command, timeoutMs, telling });
    }
    const secret = hook.secret_ref === '' ? undefined : await this.#deps.resolveSecret(hook.secret_ref);
    return runUrlHook(this.#deps, { url: hook.url, secret, timeoutMs, telling });
  }
}

/** For scripts that need no JSON. */
function variablesOf(p: { hook: string; event: HookEvent; data: Record<string, unknown> }): Record<string, string> {
  const { data } = p;
  const named = {
    ROUSE_RUN_ID: data['run_id'],
    ROUSE_AUTOMATION: data['automation_name'],
    ROUSE_REASON: data['reason'],
  };
  const texts = Object.entries(named).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { ROUSE_HOOK: p.hook, ROUSE_HOOK_EVENT: p.event, ...Object.fromEntries(texts) };
}
