/**
 * Carries a prompt to an agent that speaks the Agent Client Protocol (version 1) over its standard input and output.
 *
 * Until the prompt is sent everything that goes wrong is `not_started`: no money was spent. Afterwards it is
 * `broken`, unless the agent answered. See DESIGN.md for the states and for what happens when each step dies.
 */
import { methods } from '@agentclientprotocol/sdk';
import { delay, type Clock } from '../../clock/clock.ts';
import type { AgentDriver, AgentOutcome, AgentReadiness, AgentStart } from '../agent-driver.ts';
import { beginConversation, neverSpawned, recordingFailed, STOPPED_BEFORE_START } from '../conversation.ts';
import { EntrySink } from '../entry-sink.ts';
import { knownAgentOf } from '../known-agents.ts';
import { createProcessTable, type ProcessTable } from '../process/process-table.ts';
import type { StopRequest } from '../stop-request.ts';
import { openAgentLink, type AgentLink, type Reply } from './agent-link.ts';
import { refusal, shakeHands } from './handshake.ts';
import { ClientDesk } from './client-desk.ts';
import { mcpServers } from './mcp-server.ts';
import { PermissionDesk } from './permission-desk.ts';
import { openSession } from './session-opening.ts';
import { Terminals } from './terminals.ts';
import { UpdateReporter } from './update-reporter.ts';
import { WorkspaceFiles } from './workspace-files.ts';
import { usageLimitUntil } from '../usage-limit.ts';
import { asRecord, asWords } from '../wire-value.ts';

export interface AcpDriverOptions {
  clock: Clock;
  /** Shared with the other drivers, so that scans are shared as well; an own one by default. */
  processes?: ProcessTable;
  /** The most that one conversation reports, in bytes. */
  reportedBytesMax?: number;
  /** Program and arguments of our own command line, for Rouse's own MCP server. */
  rouseCommand?: readonly string[];
  /** The value behind a secret reference in an MCP server's environment or headers. */
  secretOf?(reference: string): Promise<string>;
}

/**
 * An agent whose input is closed should leave by itself; all that were tried do within two seconds, but for those
 * that never do. Waiting longer would only delay the end of every run.
 */
const LEAVE_MS_MAX = 2_000;

export function createAcpDriver(options: AcpDriverOptions): AgentDriver {
  const deps: Deps = {
    clock: options.clock,
    table: options.processes ?? createProcessTable({ clock: options.clock }),
    reportedBytesMax: options.reportedBytesMax,
    rouseCommand: options.rouseCommand,
    secretOf: (reference) =>
      options.secretOf?.(reference) ?? Promise.reject(new Error(`${reference} cannot be looked up here`)),
  };
  // The processes of a check belong to no run: nobody looks for their token later, it only has to be theirs alone.
  let checks = 0;
  const newToken = (): string => `check-${process.pid}-${options.clock.now()}-${++checks}`;
  return {
    type: 'acp',
    check: (p) => check(deps, p, newToken()),
    start: (p) => beginConversation((stop) => converse(deps, p, stop)),
  };
}

interface Deps {
  clock: Clock;
  table: ProcessTable;
  reportedBytesMax: number | undefined;
  rouseCommand: readonly string[] | undefined;
  secretOf(reference: string): Promise<string>;
}

async function check(deps: Deps, p: Parameters<AgentDriver['check']>[0], token: string): Promise<AgentReadiness> {
  const ignore = (): void => {};
  const opened = await openAgentLink({
    ...deps,
    ...p,
    command: p.agent.command,
    token,
    events: {
      onUpdate: ignore,
      onNoise: ignore,
      onStderr: ignore,
      onPermission: async () => ({ outcome: { outcome: 'cancelled' } }),
    },
  });
  if ('problem' in opened) return { ready: false, problem: opened.problem, hint: opened.hint ?? 'Correct `command`.' };
  const readiness = await readinessOf(opened.link, deps, p);
  await opened.link.end({ graceMs: p.agent.stop_grace_ms, patienceMs: leaveMs(p.agent.stop_grace_ms) });
  return readiness;
}

/** Opens a session too, without MCP servers: that is where an agent says that nobody is logged in. No prompt is sent. */
async function readinessOf(
  link: AgentLink,
  deps: Deps,
  p: Parameters<AgentDriver['check']>[0],
): Promise<AgentReadiness> {
  const hands = await shakeHands({ link, clock: deps.clock, offering: false });
  if ('problem' in hands) {
    const hint = 'Run the command by hand and see whether it waits for ACP messages.';
    return { ready: false, problem: hands.problem, hint };
  }
  const { version } = hands.abilities;
  const session = await openSession({
    link,
    clock: deps.clock,
    agent: p.agent,
    servers: [],
    cwd: p.cwd,
    abilities: hands.abilities,
    resumeSessionId: undefined,
    notice: () => {},
    replaying: () => {},
  });
  if ('problem' in session) {
    const hint = knownAgentOf(p.agent)?.loginHint ?? 'Run the agent by hand in the same folder, as the same user.';
    return { ready: false, problem: session.problem, hint };
  }
  const { modes, models } = session;
  return { ready: true, ...(version === undefined ? {} : { version }), logged_in: true, modes, models };
}

async function converse(deps: Deps, p: AgentStart, stop: StopRequest): Promise<AgentOutcome> {
  if (stop.requested) return neverSpawned({ ended: 'stopped', error: STOPPED_BEFORE_START });
  const sink = new EntrySink({
    clock: deps.clock,
    onEntry: (entry) => p.onEntry(entry),
    bytesMax: deps.reportedBytesMax,
  });
  const reporter = new UpdateReporter({
    clock: deps.clock,
    sink,
    onUsage: (usage) => sink.guard(() => p.onUsage?.(usage)),
  });
  const notice = (text: string): void => sink.report({ kind: 'notice', text });
  const handed = await mcpServers(p.agent.mcp_servers, { ...deps, env: p.env });
  if ('problem' in handed) return neverSpawned({ ended: 'not_started', error: handed.problem });
  const clientDesk = new ClientDesk({
    start: p,
    sink,
    files: new WorkspaceFiles(p.cwd),
    terminals: new Terminals({ clock: deps.clock, token: p.token, env: p.env }),
  });
  const desk = new PermissionDesk({
    ask: (request, signal) => p.onPermission(request, signal),
    notice,
    toolCalls: reporter.toolCalls,
  });
  const opened = await openAgentLink({
    ...deps,
    command: p.agent.command,
    cwd: p.cwd,
    env: p.env,
    token: p.token,
    events: {
      onUpdate: (params) => reporter.take(params),
      onNoise: (noise) =>
        notice(
          `The agent prints lines that are no protocol messages on its standard output. The first: ${noise.sample}`,
        ),
      onStderr: (text) => sink.stream('stderr', text),
      onPermission: (params, signal) => {
        // What the agent said before it asked belongs before the question.
        sink.flush();
        return desk.request(params, signal);
      },
      onClientRequest: (method, params, signal) => clientDesk.answer(method, params, signal),
    },
  });
  if ('problem' in opened) {
    const error = opened.hint === undefined ? opened.problem : `${opened.problem} ${opened.hint}`;
    return neverSpawned({ ended: 'not_started', error, passing: opened.passing ?? false });
  }
  const { servers } = handed;
  return new AcpConversation({ deps, start: p, stop, sink, reporter, desk, servers, link: opened.link }).run();
}

function leaveMs(graceMs: number): number {
  return Math.min(graceMs, LEAVE_MS_MAX);
}

/** The part of an outcome that is decided before the processes are ended. */
type Ending = Omit<AgentOutcome, 'output' | 'usage' | 'agent_session_id' | 'gone'>;

/** One conversation with a process that exists. */
class AcpConversation {
  readonly #clock: Clock;
  readonly #start: AgentStart;
  readonly #stop: StopRequest;
  readonly #sink: EntrySink;
  readonly #reporter: UpdateReporter;
  readonly #desk: PermissionDesk;
  readonly #servers: readonly unknown[];
  readonly #link: AgentLink;
  #sessionId: string | undefined;
  /** How long the agent may take to leave once its input is closed. */
  #patienceMs: number;

  constructor(p: {
    deps: Deps;
    start: AgentStart;
    stop: StopRequest;
    sink: EntrySink;
    reporter: UpdateReporter;
    desk: PermissionDesk;
    servers: readonly unknown[];
    link: AgentLink;
  }) {
    this.#clock = p.deps.clock;
    this.#start = p.start;
    this.#stop = p.stop;
    this.#sink = p.sink;
    this.#reporter = p.reporter;
    this.#desk = p.desk;
    this.#servers = p.servers;
    this.#link = p.link;
    this.#patienceMs = leaveMs(p.start.agent.stop_grace_ms);
  }

  async run(): Promise<AgentOutcome> {
    const ending = await this.#untilEnding().catch((error: unknown): Ending => ({
      ended: 'broken',
      error: `The conversation failed inside Rouse: ${String(error)}`,
    }));
    this.#desk.close();
    const graceMs = this.#stop.requested ? this.#stop.graceMs : this.#start.agent.stop_grace_ms;
    const { gone } = await this.#link.end({ graceMs, patienceMs: this.#patienceMs });
    this.#reporter.finish();
    const { lines } = this.#link.noise;
    if (lines > 1)
      this.#sink.report({ kind: 'notice', text: `${lines} lines of its standard output were no protocol messages.` });
    this.#sink.close();
    const usage = this.#reporter.usage.total;
    const failed = this.#sink.failed;
    return {
      ...ending,
      ...(failed === undefined ? {} : { ended: 'broken', error: recordingFailed(failed) }),
      output: this.#reporter.output,
      ...(usage === undefined ? {} : { usage }),
      ...(this.#sessionId === undefined ? {} : { agent_session_id: this.#sessionId }),
      gone,
    };
  }

  async #untilEnding(): Promise<Ending> {
    const early = this.#earlyStop();
    const prepared = await Promise.race([this.#prepare(), early]);
    if (this.#stop.requested) return this.#stoppedBeforePrompt();
    if (prepared === 'stopped') return { ended: 'broken', error: 'Reports could not be recorded.' };
    if ('problem' in prepared) return { ended: 'not_started', error: prepared.problem, ...exitFields(this.#link) };
    this.#sessionId = prepared.sessionId;
    this.#reporter.sessionId = prepared.sessionId;
    const isResumed = prepared.sessionId === this.#start.resumeSessionId;
    this.#reporter.usage.beginPrompt({ resumedCostUsd: (isResumed && this.#start.resumedUsage?.cost_usd) || 0 });
    this.#sink.guard(() => this.#start.onStarted({ pid: this.#link.pid, agentSessionId: prepared.sessionId }));
    const answer = this.#link.ask(methods.agent.session.prompt, {
      sessionId: prepared.sessionId,
      prompt: [{ type: 'text', text: this.#start.prompt }],
    });
    const reply = await Promise.race([answer, early]);
    return reply === 'stopped' ? this.#cancel(prepared.sessionId, answer) : this.#endingOf(reply);
  }

  async #earlyStop(): Promise<'stopped'> {
    await Promise.race([this.#stop.wait(), this.#sink.failure]);
    return 'stopped';
  }

  async #prepare(): Promise<{ sessionId: string } | { problem: string }> {
    const hands = await shakeHands({ link: this.#link, clock: this.#clock, offering: true });
    if ('problem' in hands) return hands;
    return openSession({
      link: this.#link,
      clock: this.#clock,
      agent: this.#start.agent,
      servers: this.#servers,
      cwd: this.#start.cwd,
      abilities: hands.abilities,
      resumeSessionId: this.#start.resumeSessionId,
      notice: (text) => this.#sink.report({ kind: 'notice', text }),
      replaying: (active) => {
        this.#reporter.replaying = active;
      },
    });
  }

  /** There is no prompt to cancel yet: closing the input is all the asking there is. */
  async #stoppedBeforePrompt(): Promise<Ending> {
    await this.#link.survey();
    this.#patienceMs = this.#stop.graceMs;
    return { ended: 'stopped', error: STOPPED_BEFORE_START };
  }

  /** Asks for the end and waits for the answer, within the grace. */
  async #cancel(sessionId: string, answer: Promise<Reply>): Promise<Ending> {
    const graceMs = this.#stop.requested ? this.#stop.graceMs : this.#start.agent.stop_grace_ms;
    await this.#link.survey();
    this.#desk.close();
    await this.#link.tell(methods.agent.session.cancel, { sessionId });
    const enough = new AbortController();
    const reply = await Promise.race([answer, delay(this.#clock, graceMs, enough.signal).then(() => undefined)]);
    enough.abort();
    // Whoever did not answer in its grace has had it.
    this.#patienceMs = reply === undefined ? 0 : leaveMs(graceMs);
    const stopReason = reply?.kind === 'result' ? stopFields(reply.result) : {};
    if (reply?.kind === 'result') this.#reporter.usage.response(reply.result);
    const how = reply === undefined ? 'did not react to the request' : 'ended';
    return {
      ended: 'stopped',
      error: `The run was stopped; the agent ${how}.`,
      ...stopReason,
      ...exitFields(this.#link),
    };
  }

  async #endingOf(reply: Reply): Promise<Ending> {
    switch (reply.kind) {
      case 'result':
        this.#reporter.usage.response(reply.result);
        return { ended: 'answered', ...stopFields(reply.result) };
      case 'error': {
        const until = usageLimitUntil({ error: reply.error, now: this.#clock.now() });
        return {
          ended: 'broken',
          error: refusal('the prompt', reply.error, []),
          ...(until === undefined ? {} : { usage_limit_until: until }),
        };
      }
      case 'lost':
        this.#patienceMs = 0;
        return {
          ended: 'broken',
          error: await this.#link.lossWords('before it answered'),
          ...exitFields(this.#link),
        };
    }
  }
}

/** A response without a stop reason is against the protocol, but it is an end all the same. */
function stopFields(result: unknown): Pick<AgentOutcome, 'stop_reason' | 'stop_detail'> {
  const response = asRecord(result);
  const reason = asWords(response?.['stopReason']);
  return reason === undefined
    ? { stop_reason: 'unknown', stop_detail: 'The agent gave no stop reason.' }
    : { stop_reason: reason };
}

/** Only how the agent ended by itself says something; an exit that we brought about does not. */
function exitFields(link: AgentLink): { exit_code?: number; exit_signal?: string } {
  const exit = link.exit;
  return {
    ...(exit?.code == null ? {} : { exit_code: exit.code }),
    ...(exit?.signal == null ? {} : { exit_signal: exit.signal }),
  };
}
