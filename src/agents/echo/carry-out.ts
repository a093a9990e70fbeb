/** Carries out one directive of a prompt: the misbehaviour that tests and curious people ask the echo agent for. */
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import process from 'node:process';
import { methods, RequestError, type AgentContext } from '@agentclientprotocol/sdk';
import { readDuration, readSize, type Directive } from './directive.ts';

/** What one prompt's answer is made of while it is being made. */
export interface EchoTurn {
  readonly client: AgentContext;
  readonly sessionId: string;
  /** Aborts when the client cancels. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): number;
  wait(ms: number): Promise<void>;
  update(value: object): Promise<void>;
  say(text: string): Promise<void>;
  /** Whether something else took the place of the echo. */
  replaced: boolean;
  stopReason: 'end_turn' | 'refusal' | 'cancelled';
  usage: { inputTokens: number; outputTokens: number; costUsd: number } | undefined;
}

const FLOOD_CHUNK_BYTES = 16 * 1024;
const never = new Promise<never>(() => {});

export async function carryOut(turn: EchoTurn, { name, rest }: Directive): Promise<void> {
  switch (name) {
    case 'sleep':
      await think(turn, `Sleeping ${rest}.`);
      return turn.wait(amount(readDuration(rest), rest));
    case 'hang':
      await think(turn, 'Hanging.');
      // A closed input ends this process otherwise.
      hold();
      return never;
    case 'stubborn':
      process.on('SIGTERM', () => {});
      return think(turn, 'Ignoring SIGTERM from now on.');
    case 'fail':
      throw new RequestError(-32603, rest === '' ? 'told to fail' : rest);
    case 'limit': {
      const resetsAt = turn.now() + amount(readDuration(rest), rest);
      throw new RequestError(-32603, 'Usage limit reached', { resetsAt });
    }
    case 'refuse':
      turn.stopReason = 'refusal';
      return;
    case 'exit':
      return process.exit(Number(rest) || 0);
    case 'permission':
      return askPermission(turn, rest);
    case 'tool':
      return useTool(turn, rest);
    case 'think':
      return think(turn, rest);
    case 'say':
      turn.replaced = true;
      return turn.say(rest);
    case 'silent':
      turn.replaced = true;
      return;
    case 'flood':
      return flood(turn, amount(readSize(rest), rest));
    case 'stderr':
      process.stderr.write(`${rest}\n`);
      return;
    case 'stdout':
      process.stdout.write(`${rest}\n`);
      return;
    case 'usage': {
      const [inputTokens = 0, outputTokens = 0, costUsd = 0] = rest.split(/\s+/).map((word) => Number(word) || 0);
      turn.usage = { inputTokens, outputTokens, costUsd };
      return;
    }
    case 'touch':
      return touch(turn, rest);
    case 'spawn':
      return think(turn, `Left process ${await leaveGrandchild()} behind.`);
    case 'read': {
      turn.replaced = true;
      const { content } = await turn.client.request(methods.client.fs.readTextFile, {
        sessionId: turn.sessionId,
        path: rest,
      });
      return turn.say(content);
    }
    case 'write': {
      const [path = '', ...words] = rest.split(' ');
      await turn.client.request(methods.client.fs.writeTextFile, {
        sessionId: turn.sessionId,
        path,
        content: `${words.join(' ')}\n`,
      });
      return think(turn, `Wrote ${path}.`);
    }
    case 'run':
      return runCommand(turn, rest);
    case 'env':
      turn.replaced = true;
      return turn.say(turn.env[rest] ?? `${rest} is not set`);
  }
}

function amount(read: number | undefined, text: string): number {
  if (read === undefined) throw RequestError.invalidParams(undefined, `"${text}" is no amount`);
  return read;
}

function think(turn: EchoTurn, text: string): Promise<void> {
  return turn.update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: `${text}\n` } });
}

/** Holds the process, whatever is closed around it. */
function hold(): void {
  holding = true;
  setInterval(() => {}, 2_147_483_647);
}

let holding = false;

/** Whether the end of the input shall not end the process. */
export function isHolding(): boolean {
  return holding;
}

/** `tool title…`: the first word is the tool, the rest what it wants to do. */
function toolAndTitle(rest: string): { tool: string; title: string } {
  const [tool = 'tool', ...words] = rest.split(/\s+/);
  return { tool, title: words.length === 0 ? tool : words.join(' ') };
}

let calls = 0;

async function askPermission(turn: EchoTurn, rest: string): Promise<void> {
  const { tool, title } = toolAndTitle(rest);
  const toolCallId = `call-${++calls}`;
  const { outcome } = await turn.client.request(methods.client.session.requestPermission, {
    sessionId: turn.sessionId,
    toolCall: { toolCallId, title, name: tool, kind: 'other', status: 'pending', rawInput: { tool, title } },
    options: [
      { optionId: 'allow-once', name: 'Allow once', kind: 'allow_once' },
      { optionId: 'allow-always', name: 'Always allow', kind: 'allow_always' },
      { optionId: 'reject-once', name: 'Reject', kind: 'reject_once' },
      { optionId: 'reject-always', name: 'Always reject', kind: 'reject_always' },
    ],
  });
  await turn.say(`Permission for ${tool}: ${outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome}.\n`);
}

async function useTool(turn: EchoTurn, rest: string): Promise<void> {
  const { tool, title } = toolAndTitle(rest);
  const toolCallId = `call-${++calls}`;
  const content = [{ type: 'content', content: { type: 'text', text: `${tool} did it` } }];
  await turn.update({
    sessionUpdate: 'tool_call',
    toolCallId,
    title,
    name: tool,
    kind: 'other',
    status: 'in_progress',
  });
  await turn.update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed', content });
}

/** Waits for every piece to be written, so that it is the reader who sets the pace. */
async function flood(turn: EchoTurn, bytes: number): Promise<void> {
  turn.replaced = true;
  const line = `${'echo '.repeat(20)}\n`;
  const chunk = line.repeat(Math.ceil(FLOOD_CHUNK_BYTES / line.length)).slice(0, FLOOD_CHUNK_BYTES);
  for (let left = bytes; left > 0 && !turn.signal.aborted; left -= chunk.length) await turn.say(chunk.slice(0, left));
}

/**
 * One line in one write to a file opened for appending: so lines of several processes never mix, and a process that
 * is killed leaves a whole line or none. Who counts the lines counts the executions.
 */
async function touch(turn: EchoTurn, path: string): Promise<void> {
  if (path === '' || path.startsWith('/') || path.split(/[/\\]/).includes('..')) {
    throw RequestError.invalidParams(undefined, `"${path}" is not inside the working folder`);
  }
  const { env } = turn;
  const words = ['RUN_ID', 'FIRE_ID', 'ATTEMPT', 'SCHEDULED_AT'].map((name) => env[`ROUSE_${name}`] ?? '-');
  const file = await open(path, 'a');
  try {
    await file.write(`${words.join(' ')} ${process.pid}\n`);
  } finally {
    await file.close();
  }
}

async function runCommand(turn: EchoTurn, command: string): Promise<void> {
  turn.replaced = true;
  const { sessionId } = turn;
  const { terminalId } = await turn.client.request(methods.client.terminal.create, { sessionId, command });
  const { exitCode } = await turn.client.request(methods.client.terminal.waitForExit, { sessionId, terminalId });
  const { output } = await turn.client.request(methods.client.terminal.output, { sessionId, terminalId });
  await turn.client.request(methods.client.terminal.release, { sessionId, terminalId });
  await turn.say(`exit code ${exitCode ?? 'none'}: ${output}`);
}

/** Resolves with its pid once it really ignores SIGTERM. */
async function leaveGrandchild(): Promise<number> {
  const script = 'trap "" TERM HUP INT; echo ready; while :; do sleep 1000; done';
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
  });
  child.stdout.destroy();
  child.unref();
  return child.pid!;
}
