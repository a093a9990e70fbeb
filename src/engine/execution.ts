/**
 * One run being carried out, from the claim to the finished row. It owns the conversation, its limits and its
 * transcript; the driver owns the processes; the store decides who may still write (the claim's token).
 *
 * Crash points: before the agent starts there is a `running` row with a token that no process carries; after it the
 * processes carry the token. Either way a later daemon finds the row, ends what carries the token, and finishes the
 * run as interrupted. So nothing here has to be undone.
 */
import type {
  AgentConversation,
  AgentOutcome,
  AgentStart,
  PermissionAnswer,
  PermissionRequest,
} from '../agents/agent-driver.ts';
import { delay } from '../clock/clock.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { successOf } from '../model/effective.ts';
import type { Session } from '../model/session.ts';
import type { AgentHold } from '../store/account-store.ts';
import type { ClaimCaps, ClaimedRun, RunResult } from '../store/run-store.ts';
import { decideKept } from './decide-continuation.ts';
import { decideFollowUp } from './decide-follow-up.ts';
import { DurableSteps, STEP_RETRY_MS } from './durable-steps.ts';
import type { ExecutionContext } from './execution-context.ts';
import { judgeOutcome } from './judge-outcome.ts';
import type { StopCause } from './judge-outcome.ts';
import { PendingPermission } from './pending-permission.ts';
import { passPreFire } from './pre-fire.ts';
import { prepareExecution } from './prepare-execution.ts';
import type { Prepared } from './prepare-execution.ts';
import { reportFinished } from './report-finished.ts';
import type { RoomBell } from './room-bell.ts';
import { RunLimits } from './run-limits.ts';
import { TranscriptWriter } from './transcript-writer.ts';
import { UsageMeter } from './usage-meter.ts';

/** Waiting time between tries to start an agent while the system has no room for it. */
const START_RETRY_MS = 2000;
/** Another node may take the run over soon: its processes have to be gone by then. */
const LOST_GRACE_MS = 2000;
/** So many tries; a machine without room for longer than that will not get better by trying. */
const START_TRIES_MAX = 30;

export interface ExecutionHouse {
  caps(): ClaimCaps;
  room: RoomBell;
  /** Whether this claim still is ours, so that an agent may be started for it. */
  mayStart(): Promise<boolean>;
  /** A slot was given away or became free. */
  onRoom(): void;
  /** The agent's account is exhausted, and the store knows. */
  onHeld(hold: AgentHold): void;
}

export class Execution {
  readonly claimed: ClaimedRun;
  /** Resolves when the row is finished (or lost). Never rejects. */
  readonly done: Promise<void>;
  readonly permission: PendingPermission;
  readonly #context: ExecutionContext;
  readonly #house: ExecutionHouse;
  readonly #writer: TranscriptWriter;
  /** Aborted when this execution may no longer write. */
  readonly #abandon = new AbortController();
  /** This process is about to end: what still lives of the run is for a later one. */
  readonly #leaving = new AbortController();
  readonly #sessionId: string;
  #conversation: AgentConversation | undefined;
  #stopCause: StopCause | undefined;
  readonly #stopRequested = new AbortController();
  /** Aborted when the conversation is over: then nobody waits for a slot or an answer any more. */
  readonly #over = new AbortController();
  #stopGraceMs = 10_000;
  #startRecorded: Promise<void> = Promise.resolve();
  #permissionTurn: Promise<unknown> = Promise.resolve();
  readonly #steps: DurableSteps;
  readonly #usage: UsageMeter;
  #limits: RunLimits | undefined;

  constructor(context: ExecutionContext, claimed: ClaimedRun, house: ExecutionHouse) {
    this.#context = context;
    this.#house = house;
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
      redact: (text) => context.redact(text),
      findSecrets: (text) => context.findSecrets(text),
    });
    this.#steps = new DurableSteps(context, { signal: this.#abandon.signal });
    this.#usage = new UsageMeter(context, {
      claimed,
      steps: this.#steps,
      exceed: (error) => this.stop({ why: 'budget', error }),
    });
    this.permission = new PendingPermission({ clock: context.clock, onEntry: (entry) => this.#writer.add(entry) });
    // Whoever still wants to write then (a question that waited for its turn) must not try for ever, nor after the store
    // is closed.
    this.done = this.#execute()
      .catch((error: unknown) => this.#endAfterMistake(error))
      .finally(() => this.#abandon.abort());
  }

  /** Ends the run for this cause; the first cause stays. Idempotent. */
  stop(cause: StopCause): void {
    this.#stopCause ??= cause;
    this.#stopRequested.abort();
    if (cause.why === 'lost') {
      this.#abandon.abort();
      this.#stopGraceMs = Math.min(this.#stopGraceMs, LOST_GRACE_MS);
    }
    void this.#conversation?.stop({ graceMs: this.#stopGraceMs });
  }

  /** Gives up writing: the process is about to end and a later one will recover the row. */
  abandon(): void {
    this.#leaving.abort();
    this.#abandon.abort();
  }

  async #execute(): Promise<void> {
    const complete = await this.#steps.take(() => prepareExecution(this.#context, this.claimed));
    if (complete === undefined) return;
    if ('status' in complete) return this.#finish({ result: complete });
    const gate = { claimed: this.claimed, prepared: complete, signal: this.#stopRequested.signal };
    const prepared = await passPreFire(this.#context.preFire, gate);
    if ('status' in prepared) return this.#finish({ result: prepared });
    this.#stopGraceMs = prepared.agent.stop_grace_ms;
    for (const text of prepared.notices) this.#writer.add({ kind: 'notice', text });
    // What came from outside is marked as such: whoever reads it later must know that nobody here wrote it.
    const detail = prepared.event === undefined ? {} : { detail: { event: prepared.event } };
    this.#writer.add({ kind: 'prompt', text: prepared.prompt, ...detail });
    this.#limits = new RunLimits({
      clock: this.#context.clock,
      automation: this.claimed.automation,
      agent: prepared.agent,
      strike: (cause) => this.stop(cause),
    });
    const outcome = await this.#converseUntilStarted(prepared);
    this.#closeConversation();
    if (!outcome.gone) await this.#proveGone();
    await this.#startRecorded;
    // Before the end is written: afterwards nobody takes it any more, and budgets would never hear of it.
    await this.#usage.written();
    await this.#keepConversation(prepared, outcome);
    const result = await this.#judge(outcome, prepared);
    const left = await prepared.leave();
    if (left !== undefined) this.#writer.add({ kind: 'notice', text: left });
    this.#writer.add({ kind: 'stop', text: outcome.error ?? outcome.stop_reason ?? outcome.ended });
    await this.#writer.close(this.#abandon.signal);
    const heldUntil = result.reason === 'usage_limit' ? outcome.usage_limit_until : undefined;
    if (heldUntil !== undefined)
      await this.#holdAgent({ agent: prepared.agent, until: heldUntil, reason: result.error ?? '' });
    await this.#finish({ result, ...(heldUntil === undefined ? {} : { heldUntil }) });
  }

  /** The conversation belongs to the automation's next run, whatever this one is judged to be. */
  async #keepConversation(prepared: Prepared, outcome: AgentOutcome): Promise<void> {
    const { automation, run } = this.claimed;
    const { store, clock } = this.#context;
    const kept = decideKept({
      automation,
      agentName: prepared.agent.name,
      cwd: prepared.cwd,
      resumed: prepared.resumed,
      outcome,
      runId: run.id,
      startedAt: clock.now(),
    });
    if (kept === undefined) return;
    await this.#steps.take(async () => {
      if (kept === 'forget') await store.forgetContinuedSession({ automation_id: automation.id });
      else await store.keepContinuedSession({ session: kept });
      return true;
    });
  }

  #closeConversation(): void {
    this.#over.abort();
    this.#limits?.close();
    this.permission.close();
  }

  /** A mistake of ours, or a port that broke its word: the run must end all the same, and its processes with it. */
  async #endAfterMistake(error: unknown): Promise<void> {
    this.#steps.reportTrouble(error);
    this.#closeConversation();
    void this.#conversation?.stop({ graceMs: this.#stopGraceMs });
    await this.#proveGone();
    const text = error instanceof Error ? error.message : String(error);
    await this.#finish({
      result: { status: 'failed', reason: 'agent_error', error: `the run could not be carried out: ${text}` },
    });
    this.#steps.reportRecovery();
  }

  /** A start that the system has no room for is tried again, with the trouble noted on the run. */
  async #converseUntilStarted(prepared: Prepared): Promise<AgentOutcome> {
    for (let tries = 1; ; tries += 1) {
      if ((await this.#steps.take(() => this.#house.mayStart())) === false) this.stop({ why: 'lost' });
      if (this.#stopCause !== undefined) return { ended: 'stopped', output: '', gone: true };
      const outcome = await this.#converse(prepared);
      if (outcome.passing !== true || tries === START_TRIES_MAX) return outcome;
      if (!outcome.gone) await this.#proveGone();
      await this.#steps.take(() =>
        this.#context.store.noteDeliveryError({
          now: this.#context.clock.now(),
          run_id: this.claimed.run.id,
          token: this.claimed.token,
          error: this.#context.redact(outcome.error ?? 'the agent could not be started'),
        }),
      );
      await delay(this.#context.clock, START_RETRY_MS, this.#stopRequested.signal);
    }
  }

  #converse(prepared: Prepared): Promise<AgentOutcome> {
    const { agent, prompt, cwd, env } = prepared;
    // Waiting for room of the machine is not the agent's silence.
    this.#limits?.progressed();
    this.#conversation = this.#context.drivers[agent.type]!.start({
      agent,
      prompt,
      cwd,
      env,
      token: this.claimed.token,
      ...resumptionOf(prepared),
      onStarted: ({ pid, agentSessionId }) => {
        this.#startRecorded = this.#recordStart({ prepared, pid, agentSessionId });
      },
      onEntry: (entry) => {
        this.#limits?.progressed();
        this.#writer.add(entry);
      },
      onUsage: (usage) => this.#usage.take(usage),
      onPermission: (request, signal) => this.#permit({ request, agent, signal }),
    });
    return this.#conversation.outcome;
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
      automation_id: automation.id,
      cwd: p.prepared.cwd,
      started_at: now,
      transcript_bytes: 0,
      transcript_truncated: false,
      ...(automation.workspace_id === undefined ? {} : { workspace_id: automation.workspace_id }),
      ...(p.agentSessionId === undefined ? {} : { agent_session_id: p.agentSessionId }),
    };
    const prompt = this.#context.redact(p.prepared.prompt);
    const answer = await this.#steps.take(() =>
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

  /**
   * Answers a permission request. While a person is asked the run gives its slot away; before the agent hears the
   * answer the run takes one again, because it will go on working. One request after the other.
   */
  #permit(p: { request: PermissionRequest; agent: AgentDefinition; signal: AbortSignal }): Promise<PermissionAnswer> {
    this.#limits?.asked();
    const turn = this.#permissionTurn.then(() => this.#askInTurn(p));
    this.#permissionTurn = turn.then(
      () => this.#limits?.answered(),
      () => this.#limits?.answered(),
    );
    return turn;
  }

  async #askInTurn(p: {
    request: PermissionRequest;
    agent: AgentDefinition;
    signal: AbortSignal;
  }): Promise<PermissionAnswer> {
    // A question that waited for its turn behind others has nobody any more who would hear the answer.
    if (this.#over.signal.aborted || p.signal.aborted) return { outcome: 'cancelled' };
    const asked = this.permission.ask(p);
    if (asked.open === undefined) return asked.answer;
    const { open } = asked;
    const { store, clock } = this.#context;
    const { run, token } = this.claimed;
    const opened = await this.#steps.take(() =>
      store.openPermission({ now: clock.now(), run_id: run.id, token, permission: open }),
    );
    if (opened?.outcome === 'opened') {
      this.#context.bus.report({ type: 'permission.opened', at: clock.now(), run: { ...run, permission: open } });
      this.#house.onRoom();
    }
    const answer = await asked.answer;
    await this.#regainSlot();
    return answer;
  }

  /** Also after a request that the agent withdrew: it goes on working, so it must count again. */
  async #regainSlot(): Promise<void> {
    const { store, clock } = this.#context;
    const { run, token } = this.claimed;
    const over = AbortSignal.any([this.#over.signal, this.#stopRequested.signal]);
    // A conversation that is over needs no slot: finishing the run gives up whatever it holds.
    while (!over.aborted) {
      const room = this.#house.room.next(over);
      const answer = await this.#steps.take(() =>
        store.regainSlot({ now: clock.now(), run_id: run.id, token, caps: this.#house.caps() }),
      );
      if (answer?.outcome !== 'full') return;
      await room;
    }
  }

  /** An attempt must not be followed by another while a process of it lives, so the row stays `running` until then. */
  async #proveGone(): Promise<void> {
    let reported = false;
    // Also for a run that is another node's by now: nobody there may see these processes.
    while (!this.#leaving.signal.aborted) {
      // Who cannot look cannot say that they are gone.
      const { gone } = await this.#context.custodian
        .end({ token: this.claimed.token, graceMs: this.#stopGraceMs })
        .catch(() => ({ gone: false }));
      if (gone) break;
      if (!reported) this.#steps.reportTrouble(`processes of run ${this.claimed.run.id} cannot be ended; trying on`);
      reported = true;
      await delay(this.#context.clock, STEP_RETRY_MS, this.#leaving.signal);
    }
    if (reported) this.#steps.reportRecovery();
  }

  async #judge(outcome: AgentOutcome, prepared: Prepared): Promise<RunResult> {
    const { automation } = this.claimed;
    const { file, pattern } = successOf(automation);
    const fileExists = file !== null && (await this.#context.folders.exists(`${prepared.cwd}/${file}`));
    const patternMatch = pattern === null ? 'yes' : this.#context.matchPattern({ pattern, text: outcome.output });
    const result = judgeOutcome({ outcome, stop: this.#stopCause, automation, fileExists, patternMatch });
    if (result.status === 'failed' && result.reason === 'agent_error' && this.permission.expired) {
      return {
        ...result,
        reason: 'permission',
        error: `${result.error}; a permission request was not answered in time`,
      };
    }
    return result;
  }

  async #holdAgent(p: { agent: AgentDefinition; until: number; reason: string }): Promise<void> {
    const hold = { agent_name: p.agent.name, until: p.until, reason: this.#context.redact(p.reason) };
    const held = await this.#steps.take(async () => {
      await this.#context.store.holdAgent({ now: this.#context.clock.now(), hold });
      return true;
    });
    if (held === undefined) return;
    this.#house.onHeld(hold);
    this.#context.bus.report({
      type: 'agent.held',
      at: this.#context.clock.now(),
      agent_name: hold.agent_name,
      until: hold.until,
      detail: hold.reason,
    });
  }

  async #finish(p: { result: RunResult; heldUntil?: number }): Promise<void> {
    const result = this.#redacted(p.result);
    const held = p.heldUntil === undefined ? {} : { heldUntil: p.heldUntil };
    const answer = await this.#steps.take(() => {
      const now = this.#context.clock.now();
      return this.#context.store.finishRun({
        now,
        run_id: this.claimed.run.id,
        token: this.claimed.token,
        result,
        decideFollowUp: ({ run, record, facts }) => decideFollowUp({ run, result, record, facts, now, ...held }),
        placeCursor: this.#context.placeCursor,
      });
    });
    if (answer === undefined || answer.outcome === 'lost') return;
    reportFinished({ bus: this.#context.bus, answer, at: this.#context.clock.now() });
  }

  #redacted(result: RunResult): RunResult {
    const clean = (text: string): string => this.#context.redact(text);
    return {
      ...result,
      ...(result.error === undefined ? {} : { error: clean(result.error) }),
      ...(result.output === undefined ? {} : { output: clean(result.output) }),
      ...(result.stop_detail === undefined ? {} : { stop_detail: clean(result.stop_detail) }),
    };
  }
}

function resumptionOf({ resumed }: Prepared): Pick<AgentStart, 'resumeSessionId' | 'resumedUsage'> {
  if (resumed === undefined) return {};
  const { agent_session_id, input_tokens, output_tokens, cost_usd } = resumed;
  return { resumeSessionId: agent_session_id, resumedUsage: { input_tokens, output_tokens, cost_usd } };
}
