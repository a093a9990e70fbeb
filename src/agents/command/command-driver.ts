/**
 * Carries a prompt to any program: what it prints is the answer, how it exits says how it went.
 *
 * There is no protocol in which a program could be asked to stop, so `stop` begins with SIGTERM. Presets for
 * well-known programs choose another {@link AnswerReader}; everything else here stays the same.
 */
import { tmpdir } from 'node:os';
import type { Clock } from '../../clock/clock.ts';
import type { AgentDriver, AgentOutcome, AgentReadiness, AgentStart } from '../agent-driver.ts';
import { AnswerSheet } from '../answer-sheet.ts';
import { beginConversation, neverSpawned, recordingFailed, STOPPED_BEFORE_START } from '../conversation.ts';
import { EntrySink } from '../entry-sink.ts';
import { ErrorText } from '../error-text.ts';
import { knownAgentOf } from '../known-agents.ts';
import { readText } from '../output-text.ts';
import { askLogin } from '../process/detection.ts';
import { probe, versionIn } from '../process/probe.ts';
import { createProcessTable, type ProcessTable } from '../process/process-table.ts';
import { ProcessTree } from '../process/process-tree.ts';
import { findProgram } from '../process/program.ts';
import { exitWords, spawnProcess, type ProcessExit, type SpawnedProcess } from '../process/spawned-process.ts';
import { spawnFailure } from '../spawn-failure.ts';
import type { StopRequest } from '../stop-request.ts';
import { plainAnswerReader, type AnswerReader } from './answer-reader.ts';
import { presetReader } from './preset.ts';
import { presetOf } from './presets/presets.ts';
import { deliverPrompt, type PromptDelivery } from './prompt-delivery.ts';

export interface CommandDriverOptions {
  clock: Clock;
  /** Shared with the other drivers, so that scans are shared as well; an own one by default. */
  processes?: ProcessTable;
  /** Where `prompt_via = "file"` puts its files; the system's folder for temporary files by default. */
  promptFolder?: string;
  /** The most that one conversation reports, in bytes. */
  reportedBytesMax?: number;
}

export function createCommandDriver(options: CommandDriverOptions): AgentDriver {
  const deps: Deps = {
    clock: options.clock,
    table: options.processes ?? createProcessTable({ clock: options.clock }),
    promptFolder: options.promptFolder ?? tmpdir(),
    reportedBytesMax: options.reportedBytesMax,
  };
  // The processes of a check belong to no run: nobody looks for their token later, it only has to be theirs alone.
  let checks = 0;
  const newToken = (): string => `check-command-${process.pid}-${options.clock.now()}-${++checks}`;
  return {
    type: 'command',
    check: (p) => check(deps, p, newToken),
    start: (p) => beginConversation((stop) => converse(deps, p, stop)),
  };
}

interface Deps {
  clock: Clock;
  table: ProcessTable;
  promptFolder: string;
  reportedBytesMax: number | undefined;
}

/** Only programs that we know are asked anything: who knows what another one does with `--version`. */
async function check(
  deps: Deps,
  p: Parameters<AgentDriver['check']>[0],
  newToken: () => string,
): Promise<AgentReadiness> {
  const { agent, cwd, env } = p;
  const found = await findProgram({ name: agent.command[0] ?? '', cwd, env });
  if ('problem' in found) return { ready: false, ...found };
  const known = knownAgentOf(agent);
  if (agent.preset === '' || known === undefined) return { ready: true, detail: found.path };
  const probing = { ...deps, cwd, env, newToken };
  const answer = await probe({ ...probing, program: found.path, args: known.versionArgs, token: newToken() });
  if ('problem' in answer) return { ready: false, ...answer };
  const version = versionIn(answer.output);
  if (answer.code !== 0 && version === undefined) {
    const problem = `${found.path} ${known.versionArgs.join(' ')} ended with exit code ${answer.code}.`;
    return { ready: false, problem, hint: `Install it again: npm install -g ${known.package}` };
  }
  const logged_in = await askLogin(probing, known, found.path);
  return {
    ready: true,
    detail: found.path,
    ...(version === undefined ? {} : { version }),
    ...(logged_in === undefined ? {} : { logged_in }),
  };
}

async function converse(deps: Deps, p: AgentStart, stop: StopRequest): Promise<AgentOutcome> {
  const found = await findProgram({ name: p.agent.command[0] ?? '', cwd: p.cwd, env: p.env });
  if ('problem' in found) return neverSpawned({ ended: 'not_started', error: `${found.problem} ${found.hint}` });
  const preset = presetOf(p.agent);
  if (p.resumeSessionId === undefined) return deliverAndRun(deps, p, stop, found.path);
  if (preset === undefined) {
    p.onEntry({ kind: 'notice', text: 'A plain command has no sessions to continue; it begins anew.' });
    return deliverAndRun(deps, withoutSession(p), stop, found.path);
  }
  const outcome = await deliverAndRun(deps, p, stop, found.path);
  const isLost = outcome.ended === 'broken' || (outcome.exit_code ?? 0) !== 0;
  const words = `${outcome.error ?? ''} ${outcome.stop_detail ?? ''} ${outcome.output}`;
  if (stop.requested || !isLost || !outcome.gone || !preset.lostSession.test(words)) return outcome;
  p.onEntry({ kind: 'notice', text: `The session ${p.resumeSessionId} could not be continued; a new one is begun.` });
  // The process that was refused counted as the start already.
  return deliverAndRun(deps, { ...withoutSession(p), onStarted: () => {} }, stop, found.path);
}

function withoutSession(p: AgentStart): AgentStart {
  const { resumeSessionId: _id, resumedUsage: _usage, ...rest } = p;
  return rest;
}

async function deliverAndRun(deps: Deps, p: AgentStart, stop: StopRequest, program: string): Promise<AgentOutcome> {
  const { agent, resumeSessionId } = p;
  const given = agent.command.slice(1);
  const args = presetOf(agent)?.args({ given, promptVia: agent.prompt_via, resumeSessionId }) ?? given;
  const prepared = await deliverPrompt({ agent, args, prompt: p.prompt, folder: deps.promptFolder });
  if ('problem' in prepared) return neverSpawned({ ended: 'not_started', error: prepared.problem });
  try {
    return await runProgram(deps, p, stop, program, prepared.delivery);
  } finally {
    await prepared.delivery.dispose();
  }
}

function readerFor(deps: Deps, p: AgentStart, sink: EntrySink): AnswerReader {
  const preset = presetOf(p.agent);
  if (preset === undefined) return plainAnswerReader(sink);
  const sheet = new AnswerSheet({
    sink,
    now: () => deps.clock.now(),
    zone: p.env['TZ'],
    login: preset.login,
    onUsage: (usage) => sink.guard(() => p.onUsage?.(usage)),
  });
  return presetReader({ sink, sheet, take: preset.reader({ sheet, usedBefore: p.resumedUsage }) });
}

async function runProgram(
  deps: Deps,
  p: AgentStart,
  stop: StopRequest,
  program: string,
  delivery: PromptDelivery,
): Promise<AgentOutcome> {
  if (stop.requested) return neverSpawned({ ended: 'stopped', error: STOPPED_BEFORE_START });
  const result = await spawnProcess({
    clock: deps.clock,
    program,
    args: delivery.args,
    cwd: p.cwd,
    env: p.env,
    token: p.token,
    stdin: delivery.stdin === undefined ? 'ignore' : 'pipe',
  });
  if ('error' in result) {
    const { problem, passing } = spawnFailure({ program, error: result.error });
    return neverSpawned({ ended: 'not_started', error: problem, passing });
  }
  const child = result.spawned;
  const tree = new ProcessTree({ clock: deps.clock, table: deps.table, token: p.token, leader: child });
  const sink = new EntrySink({
    clock: deps.clock,
    onEntry: (entry) => p.onEntry(entry),
    bytesMax: deps.reportedBytesMax,
  });
  const reader = readerFor(deps, p, sink);
  const errors = new ErrorText();
  sink.guard(() => p.onStarted({ pid: child.pid }));
  readText(child.stdout, (text) => reader.read(text));
  readText(child.stderr, (text) => {
    errors.push(text);
    sink.stream('stderr', text);
  });
  // A program that never reads its input may not keep us waiting: nobody waits for this write.
  if (delivery.stdin !== undefined) child.stdin?.end(delivery.stdin);

  await Promise.race([child.exited, stop.wait(), sink.failure]);
  // Which came first decides: a program that had ended by itself was not stopped.
  const endedByItself = child.exit;
  const graceMs = stop.requested && endedByItself === undefined ? stop.graceMs : p.agent.stop_grace_ms;
  const { gone } = await tree.end({ graceMs });
  return settle({ child, sink, reader, errors, gone, endedByItself });
}

async function settle(p: {
  child: SpawnedProcess;
  sink: EntrySink;
  reader: AnswerReader;
  errors: ErrorText;
  gone: boolean;
  endedByItself: ProcessExit | undefined;
}): Promise<AgentOutcome> {
  if (!(await p.child.drain())) {
    p.sink.report({ kind: 'notice', text: 'Something outside the run’s processes still held its output open.' });
  }
  const { failure, ...answer } = p.reader.finish();
  p.sink.close();
  const exit = p.child.exit;
  const shared = { ...answer, ...exitFields(exit), stop_reason: 'exit', gone: p.gone };
  if (p.sink.failed !== undefined) {
    return { ...shared, ended: 'broken', error: recordingFailed(p.sink.failed) };
  }
  if (p.endedByItself === undefined) {
    return { ...shared, ended: 'stopped', error: `The run was stopped; its program ${exitWords(exit)}.` };
  }
  if (failure !== undefined) return { ...shared, ended: 'broken', error: failure };
  if (p.endedByItself.signal !== null) {
    return { ...shared, ended: 'broken', error: `The program ${exitWords(exit)}.${p.errors.clause()}` };
  }
  // What a program says on its standard error before it gives up is the best cause there is.
  const words = exit?.code === 0 ? '' : p.errors.clause().trim();
  return { ...shared, ended: 'answered', ...(words === '' ? {} : { stop_detail: words }) };
}

function exitFields(exit: ProcessExit | undefined): { exit_code?: number; exit_signal?: string } {
  return {
    ...(exit?.code == null ? {} : { exit_code: exit.code }),
    ...(exit?.signal == null ? {} : { exit_signal: exit.signal }),
  };
}
