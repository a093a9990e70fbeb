/**
 * One run being carried out, from the claim to the finished row. It owns the conversation, its limits and its
 * transcript; the driver owns the processes; the store decides who may still write (the claim's token).
 *
 * Crash points: before the agent starts there is a `running` row with a token that no process carries; after it the
 * processes carry the token. Either way a later daemon finds the row, ends what carries the token, and finishes the
 * run as interrupted. So nothing here has to be undone.
 */
import path from 'node:path';
import type { AgentConversation, AgentOutcome, AgentStart } from '../agents/agent-driver.ts';
import { PROCESS_TOKEN_VARIABLE } from '../agents/agent-driver.ts';
import { delay } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { isTrigger } from '../model/automation.ts';
import { formatDuration } from '../model/duration.ts';
import { successOf, timeoutMsOf } from '../model/effective.ts';
import { formatInstant } from '../model/instant.ts';
import type { Session } from '../model/session.ts';
import type { ClaimedRun, RunResult } from '../store/store.ts';
import { decideFollowUp } from './decide-follow-up.ts';
import type { ExecutionContext } from './execution-context.ts';
import { judgeOutcome } from './judge-outcome.ts';
import type { StopCause } from './judge-outcome.ts';
import { PendingPermission } from './pending-permission.ts';
import { TranscriptWriter } from './transcript-writer.ts';

/** Waiting time between tries to write a result while the store refuses (a full disk, a database that went away). */
const WRITE_RETRY_MS = 1000;
/** After a driver could not prove its processes gone, the custodian tries for so long before the run is given up. */
const GONE_TRIES = 6;

interface Prepared {
  agent: AgentDefinition;
  cwd: string;
  env: Record<string, string>;
  prompt: string;
}

export class Execution {
  readonly claimed: ClaimedRun;
  /** Resolves when the row is finished (or lost). Never rejects. */
  readonly done: Promise<void>;
  readonly #context: ExecutionContext;
  readonly #writer: TranscriptWriter;
  readonly #abandon = new AbortController();
  readonly #sessionId: string;
  #conversation: AgentConversation | undefined;
  #stopCause: StopCause | undefined;
  #stopGraceMs = 10_000;
  #timers: (() => void)[] = [];
  #rearmStall: () => void = () => {};
  #startRecorded: Promise<void> = Promise.resolve();
  readonly permission: PendingPermission;

  constructor(context: ExecutionContext, claimed: ClaimedRun) {
    this.#context = context;
    this.claimed = claimed;
    // One conversation per attempt: its identity follows from the attempt's, so a repeat cannot create a second one.
    this.#sessionId = claimed.run.id.replace(/^run_/, 'ses_');
    this.#writer = new TranscriptWriter({
      store: context.store,
      clock: context.clock,
      bus: context.bus,
      runId: claimed.run.id,
      sessionId: this.#sessionId,
      bytesMax: context.transcriptBytesMax,
      redact: context.redact,
    });
    this.permission = new PendingPermission({ clock: context.clock, onEntry: (entry) => this.#writer.add(entry) });
    this.done = this.#execute();
  }

  /** Ends the run for this cause; the first cause stays. Idempotent. */
  stop(cause: StopCause): void {
    this.#stopCause ??= cause;
    if (cause.why === 'lost') this.#abandon.abort();
    void this.#conversation?.stop({ graceMs: this.#stopGraceMs });
  }

  /** Gives up writing: the process is about to end and a later one will recover the row. */
  abandon(): void {
    this.#abandon.abort();
  }

  async #execute(): Promise<void> {
    const prepared = await this.#prepare().catch((error: unknown) => unavailable(errorText(error)));
    if ('status' in prepared) return this.#finish(prepared);
    if (this.#stopCause !== undefined) return this.#finish(this.#judge(neverStarted()));
    const outcome = await this.#converse(prepared);
    for (const cancel of this.#timers) cancel();
    this.permission.close();
    const gone = outcome.gone || (await this.#proveGone());
    await this.#startRecorded;
    this.#writer.add({ kind: 'stop', text: outcome.error ?? outcome.stop_reason ?? outcome.ended });
    await this.#writer.close(this.#abandon.signal);
    await this.#finish(await this.#judgeWithFile({ ...outcome, gone }, prepared.cwd));
  }

  async #prepare(): Promise<Prepared | RunResult> {
    const { automation, run } = this.claimed;
    if (!isTrigger(automation) && automation.task !== undefined) {
      return unavailable('this version of Rouse has no tasks yet, so the work cannot be handed over');
    }
    const agent = this.#context.agents.get(automation.agent_name);
    if (agent === undefined) {
      const { detail, hint } = new AppError('agent_unknown', { agent: automation.agent_name });
      return unavailable(`${detail} ${hint}`);
    }
    if (this.#context.drivers[agent.type] === undefined) {
      return unavailable(`agents of type ${agent.type} cannot be started by this version of Rouse`);
    }
    this.#stopGraceMs = agent.stop_grace_ms;
    const prompt = (run.prompt ?? automation.prompt).trim();
    if (prompt === '') return { status: 'failed', reason: 'template', error: 'the prompt is empty' };
    const cwd = await this.#workingFolder();
    const own = await this.#context.environmentOf(agent);
    return { agent, cwd, prompt, env: { ...own, ...this.#variables(cwd) } };
  }

  async #workingFolder(): Promise<string> {
    const { workspace_id } = this.claimed.automation;
    if (workspace_id === undefined) {
      await this.#context.folders.ensure(this.#context.workFolder);
      return this.#context.workFolder;
    }
    const workspace = await this.#context.store.findWorkspace({ ref: workspace_id });
    if (workspace === undefined) throw new AppError('workspace_not_found', { workspace: workspace_id });
    const isFolder = await this.#context.folders.isFolder(workspace.path);
    if (!isFolder) throw new AppError('folder_not_found', { path: workspace.path });
    return workspace.path;
  }

  /** What an agent finds in its environment (configuration page, last paragraph). */
  #variables(cwd: string): Record<string, string> {
    const { run, automation, token } = this.claimed;
    return {
      ROUSE_RUN_ID: run.id,
      [isTrigger(automation) ? 'ROUSE_TRIGGER_ID' : 'ROUSE_JOB_ID']: automation.id,
      ROUSE_AUTOMATION: automation.name,
      ROUSE_ATTEMPT: String(run.attempt),
      ...(run.fire_id === undefined ? {} : { ROUSE_FIRE_ID: run.fire_id }),
      ...(run.scheduled_at === undefined ? {} : { ROUSE_SCHEDULED_AT: formatInstant(run.scheduled_at) }),
      ...(automation.workspace_id === undefined ? {} : { ROUSE_WORKSPACE: cwd }),
      ...(run.event_id === undefined ? {} : { ROUSE_EVENT_ID: run.event_id }),
      [PROCESS_TOKEN_VARIABLE]: token,
    };
  }

  async #converse(prepared: Prepared): Promise<AgentOutcome> {
    const { agent, prompt, cwd, env } = prepared;
    this.#writer.add({ kind: 'prompt', text: prompt });
    this.#armLimits(agent);
    const start: AgentStart = {
      agent,
      prompt,
      cwd,
      env,
      token: this.claimed.token,
      onStarted: ({ pid, agentSessionId }) => {
        this.#startRecorded = this.#recordStart({ prepared, pid, agentSessionId });
      },
      onEntry: (entry) => {
        this.#rearmStall();
        this.#writer.add(entry);
      },
      onPermission: (request, signal) => this.permission.ask({ request, agent, signal }),
    };
    this.#conversation = this.#context.drivers[agent.type]!.start(start);
    // A cancel or a shutdown may have come while the run was being prepared.
    if (this.#stopCause !== undefined) void this.#conversation.stop({ graceMs: this.#stopGraceMs });
    return this.#conversation.outcome;
  }

  /** The whole run's timeout (the automation's, capped by the agent's) and the no-progress limit. */
  #armLimits(agent: AgentDefinition): void {
    const limits = [timeoutMsOf(this.claimed.automation), agent.timeout_ms].filter((limit) => limit !== null);
    const timeoutMs = limits.length === 0 ? null : Math.min(...limits);
    if (timeoutMs !== null) {
      this.#timers.push(
        this.#context.clock.after(timeoutMs, () => this.stop({ why: 'timeout', limit: durationText(timeoutMs) })),
      );
    }
    const stallMs = agent.stall_timeout_ms;
    if (stallMs === null) return;
    let cancel = (): void => {};
    this.#rearmStall = () => {
      cancel();
      cancel = this.#context.clock.after(stallMs, () => {
        // Somebody is being asked: the agent is not the one who is slow.
        if (this.permission.isOpen) return this.#rearmStall();
        this.stop({ why: 'stalled', limit: durationText(stallMs) });
      });
    };
    this.#timers.push(() => cancel());
    this.#rearmStall();
  }

  async #recordStart(p: {
    prepared: Prepared;
    pid: number | undefined;
    agentSessionId: string | undefined;
  }): Promise<void> {
    const { run, automation, token } = this.claimed;
    const now = this.#context.clock.now();
    const session: Session = {
      id: this.#sessionId,
      run_id: run.id,
      agent_name: p.prepared.agent.name,
      cwd: p.prepared.cwd,
      started_at: now,
      transcript_bytes: 0,
      transcript_truncated: false,
      ...(automation.workspace_id === undefined ? {} : { workspace_id: automation.workspace_id }),
      ...(p.agentSessionId === undefined ? {} : { agent_session_id: p.agentSessionId }),
    };
    const prompt = this.#context.redact(p.prepared.prompt);
    const answer = await this.#persist(() =>
      this.#context.store.startRun({ now, run_id: run.id, token, prompt, session }),
    );
    if (answer === undefined) return;
    if (answer.outcome === 'lost') return this.stop({ why: 'lost' });
    this.#writer.open();
    this.#context.bus.report({
      type: 'run.started',
      at: now,
      run: { ...run, status: 'running', started_at: now, session_id: session.id },
      ...(p.pid === undefined ? {} : { pid: p.pid }),
    });
  }

  /** An attempt must not be followed by another while a process of it lives, so the row stays `running` until then. */
  async #proveGone(): Promise<boolean> {
    for (let tries = 0; tries < GONE_TRIES && !this.#abandon.signal.aborted; tries += 1) {
      const { gone } = await this.#context.custodian.end({ token: this.claimed.token, graceMs: this.#stopGraceMs });
      if (gone) return true;
      await delay(this.#context.clock, WRITE_RETRY_MS, this.#abandon.signal);
    }
    return false;
  }

  async #judgeWithFile(outcome: AgentOutcome, cwd: string): Promise<RunResult> {
    const { file } = successOf(this.claimed.automation);
    const fileExists = file !== null && (await this.#context.folders.exists(path.join(cwd, file)));
    return this.#judge(outcome, fileExists);
  }

  #judge(outcome: AgentOutcome, fileExists = false): RunResult {
    const { automation } = this.claimed;
    const result = judgeOutcome({ outcome, stop: this.#stopCause, automation, fileExists });
    if (result.status === 'failed' && result.reason === 'agent_error' && this.permission.expired) {
      return {
        ...result,
        reason: 'permission',
        error: `${result.error}; a permission request was not answered in time`,
      };
    }
    return result;
  }

  async #finish(raw: RunResult): Promise<void> {
    const result = this.#redacted(raw);
    const answer = await this.#persist(() => {
      const now = this.#context.clock.now();
      return this.#context.store.finishRun({
        now,
        run_id: this.claimed.run.id,
        token: this.claimed.token,
        result,
        decideFollowUp: ({ run, record, facts }) => decideFollowUp({ run, result, record, facts, now }),
      });
    });
    if (answer === undefined || answer.outcome === 'lost') return;
    const at = this.#context.clock.now();
    const { retry } = answer;
    this.#context.bus.report({ type: 'run.finished', at, run: answer.run, will_retry: retry !== undefined });
    if (retry !== undefined) this.#context.bus.report({ type: 'run.created', at, run: retry });
  }

  /** Repeats a durable step until the store takes it. Undefined: given up, a later daemon recovers the row. */
  async #persist<T>(step: () => Promise<T>): Promise<T | undefined> {
    let reported = false;
    while (!this.#abandon.signal.aborted) {
      try {
        const answer = await step();
        if (reported)
          this.#context.bus.report({ type: 'service.recovered', at: this.#context.clock.now(), service: 'execution' });
        return answer;
      } catch (error) {
        if (!reported) {
          this.#context.bus.report({
            type: 'service.failed',
            at: this.#context.clock.now(),
            service: 'execution',
            error: errorText(error),
            ...(error instanceof AppError ? { code: error.code } : {}),
          });
        }
        reported = true;
        await delay(this.#context.clock, WRITE_RETRY_MS, this.#abandon.signal);
      }
    }
    return undefined;
  }

  #redacted(result: RunResult): RunResult {
    const { redact } = this.#context;
    return {
      ...result,
      ...(result.error === undefined ? {} : { error: redact(result.error) }),
      ...(result.output === undefined ? {} : { output: redact(result.output) }),
      ...(result.stop_detail === undefined ? {} : { stop_detail: redact(result.stop_detail) }),
    };
  }
}

function unavailable(error: string): RunResult {
  return { status: 'failed', reason: 'agent_unavailable', error };
}

/** What a driver would have said of a run that was ended before it was handed to one. */
function neverStarted(): AgentOutcome {
  return { ended: 'stopped', output: '', gone: true };
}

function errorText(error: unknown): string {
  if (error instanceof AppError) return `${error.detail} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

function durationText(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}
