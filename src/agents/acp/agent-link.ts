/**
 * One spawned ACP agent and the connection to it: asks it something and says what became of the question. Knows
 * nothing of sessions; the driver's check and its conversations both stand on it.
 */
import {
  client,
  methods,
  RequestError,
  type ClientConnection,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
} from '@agentclientprotocol/sdk';
import { delay, type Clock } from '../../clock/clock.ts';
import { boundedText, harmlessText } from '../bounded-text.ts';
import { ErrorText } from '../error-text.ts';
import { readText } from '../output-text.ts';
import type { ProcessTable } from '../process/process-table.ts';
import { ProcessTree, type TreeEnd } from '../process/process-tree.ts';
import { findProgram } from '../process/program.ts';
import { exitWords, spawnProcess, type ProcessExit, type SpawnedProcess } from '../process/spawned-process.ts';
import { spawnFailure } from '../spawn-failure.ts';
import { CLIENT_METHODS } from './client-desk.ts';
import { MessageStream, type Noise } from './message-stream.ts';
import { asRecord, asWords } from '../wire-value.ts';

export interface RpcError {
  code: number;
  message: string;
  data?: unknown;
}

/** What became of a question. */
export type Reply =
  | { kind: 'result'; result: unknown }
  | { kind: 'error'; error: RpcError }
  /** The agent is gone, or no longer speaks. */
  | { kind: 'lost' };

export interface LinkEvents {
  onUpdate(params: unknown): void;
  onNoise(noise: Noise): void;
  onStderr(text: string): void;
  onPermission(params: RequestPermissionRequest, signal: AbortSignal): Promise<RequestPermissionResponse>;
  /** Files and terminals; absent where none are offered. */
  onClientRequest?(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
}

/** The last output of a dead agent may still be in the pipe; and a closed pipe is seen before the exit behind it. */
const LAST_WORDS_MS = 500;
const ERROR_BYTES_MAX = 2_000;

export type LinkResult = { link: AgentLink } | { problem: string; hint?: string; passing?: boolean };

/** Never throws; every reason for which no process came to be is a `problem`. */
export async function openAgentLink(p: {
  clock: Clock;
  table: ProcessTable;
  command: readonly string[];
  cwd: string;
  env: Record<string, string>;
  token: string;
  events: LinkEvents;
}): Promise<LinkResult> {
  const found = await findProgram({ name: p.command[0] ?? '', cwd: p.cwd, env: p.env });
  if ('problem' in found) return found;
  const result = await spawnProcess({ ...p, program: found.path, args: p.command.slice(1), stdin: 'pipe' });
  if ('error' in result) return spawnFailure({ program: found.path, error: result.error });
  const child = result.spawned;
  const tree = new ProcessTree({ clock: p.clock, table: p.table, token: p.token, leader: child });
  return { link: new AgentLink({ clock: p.clock, child, tree, events: p.events }) };
}

export class AgentLink {
  readonly pid: number;
  /** Resolves when nothing more will be answered. */
  readonly lost: Promise<void>;
  readonly #clock: Clock;
  readonly #child: SpawnedProcess;
  readonly #tree: ProcessTree;
  readonly #messages: MessageStream;
  readonly #connection: ClientConnection;
  readonly #errors = new ErrorText();

  constructor(p: { clock: Clock; child: SpawnedProcess; tree: ProcessTree; events: LinkEvents }) {
    this.#clock = p.clock;
    this.#child = p.child;
    this.#tree = p.tree;
    this.pid = p.child.pid;
    readText(p.child.stderr, (text) => {
      this.#errors.push(text);
      p.events.onStderr(text);
    });
    this.#messages = new MessageStream({ input: p.child.stdout, output: p.child.stdin!, ...eventsOf(p.events) });
    const app = client({ name: 'rouse' }).onRequest(methods.client.session.requestPermission, ({ params, signal }) =>
      p.events.onPermission(params, signal),
    );
    // By a method of its own each: the wildcard would also take what the SDK answers itself.
    for (const method of p.events.onClientRequest === undefined ? [] : CLIENT_METHODS) {
      app.onRequest(
        String(method),
        (params) => params,
        ({ params, signal }) => p.events.onClientRequest!(method, params, signal),
      );
    }
    this.#connection = app.connect(this.#messages.stream);
    this.lost = this.#whenLost();
  }

  async #whenLost(): Promise<void> {
    await Promise.race([
      this.#connection.closed,
      // Somebody else may hold the pipe open; a leader that is gone answers nothing all the same.
      this.#child.exited.then(() => delay(this.#clock, LAST_WORDS_MS)),
    ]);
    // A response that came just before the end is being handed on right now.
    await delay(this.#clock, 0);
  }

  /** How the process ended, once it did. */
  get exit(): ProcessExit | undefined {
    return this.#child.exit;
  }

  get noise(): Noise {
    return this.#messages.noise;
  }

  /** Never rejects. Who stops waiting simply ignores the rest. */
  ask(method: string, params: unknown): Promise<Reply> {
    const reply = this.#connection.agent.request<unknown, unknown>(method, params).then(
      (result): Reply => ({ kind: 'result', result }),
      (error: unknown): Reply =>
        error instanceof RequestError ? { kind: 'error', error: rpcError(error) } : { kind: 'lost' },
    );
    return Promise.race([reply, this.lost.then((): Reply => ({ kind: 'lost' }))]);
  }

  /** Never rejects: an agent that is gone needs no telling. */
  async tell(method: string, params: unknown): Promise<void> {
    await this.#connection.agent.notify(method, params).catch(() => {});
  }

  /** Notes who belongs to the tree while the leader still lives. */
  async survey(): Promise<void> {
    await this.#tree.survey().catch(() => {});
  }

  /**
   * How the loss came about, in a sentence; `moment` says when. Waits a moment for the exit, which comes after the end
   * of the output, and for the last words behind it.
   */
  async lossWords(moment: string): Promise<string> {
    await this.#within(LAST_WORDS_MS, this.#child.exited);
    await this.#within(LAST_WORDS_MS, this.#child.drained);
    const { failure } = this.#messages;
    if (failure !== undefined) return `The agent ${failure} ${moment}.${this.#errors.clause()}`;
    const how = this.#child.hasExited ? exitWords(this.#child.exit) : 'closed the connection but went on running,';
    const noise = this.noise.lines > 0 ? ` It printed: ${this.noise.sample}` : '';
    return `The agent ${how} ${moment}.${this.#errors.clause()}${noise}`;
  }

  async #within(limitMs: number, event: Promise<unknown>): Promise<void> {
    const enough = new AbortController();
    await Promise.race([event, delay(this.#clock, limitMs, enough.signal)]);
    enough.abort();
  }

  /**
   * Closes the agent's input, waits `patienceMs` for it to leave by itself, and ends the whole tree. Everything that
   * it had still to say has been reported when this resolves.
   */
  async end(p: { graceMs: number; patienceMs: number }): Promise<TreeEnd> {
    this.#child.closeInput();
    const ended = await this.#tree.end(p);
    await this.#child.drain();
    this.#messages.close();
    this.#connection.close();
    return ended;
  }
}

function eventsOf(events: LinkEvents): Pick<LinkEvents, 'onUpdate' | 'onNoise'> {
  return { onUpdate: (params) => events.onUpdate(params), onNoise: (noise) => events.onNoise(noise) };
}

/** Agents put the whole of what went wrong into the data's `details`, or `message`, and little into the message. */
function rpcError(error: RequestError): RpcError {
  const data = asRecord(error.data);
  const details = asWords(data?.['details']) ?? asWords(data?.['message']);
  const told = details === undefined || error.message.includes(details);
  const message = told ? error.message : `${error.message}: ${details}`;
  return { code: error.code, message: boundedText(harmlessText(message), ERROR_BYTES_MAX), data: error.data };
}
