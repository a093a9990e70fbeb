/**
 * Answers what an agent asks of its client besides permission: files and commands. Reading within the working folder is
 * granted unless `deny_tools` names it; writing and running go through the agent's permission policy under the names
 * `fs/write_text_file` and `terminal/create`; everything outside of the working folder is refused. Each shows in the
 * transcript.
 */
import { methods, RequestError } from '@agentclientprotocol/sdk';
import type { AgentStart, PermissionOption } from '../agent-driver.ts';
import type { EntrySink } from '../entry-sink.ts';
import { decidePermission } from '../permission.ts';
import { asAmount, asList, asRecord, asText, asWords, type WireRecord } from '../wire-value.ts';
import { TerminalRefused, type Terminals } from './terminals.ts';
import { FileRefused, type WorkspaceFiles } from './workspace-files.ts';

const OPTIONS: PermissionOption[] = [
  { option_id: 'allow', name: 'Allow', kind: 'allow_once' },
  { option_id: 'reject', name: 'Reject', kind: 'reject_once' },
];

/** What {@link ClientDesk.answer} knows; the link registers these. */
export const CLIENT_METHODS = [
  methods.client.fs.readTextFile,
  methods.client.fs.writeTextFile,
  methods.client.terminal.create,
  methods.client.terminal.output,
  methods.client.terminal.waitForExit,
  methods.client.terminal.kill,
  methods.client.terminal.release,
] as const;

export class ClientDesk {
  readonly #start: AgentStart;
  readonly #sink: EntrySink;
  readonly #files: WorkspaceFiles;
  readonly #terminals: Terminals;

  constructor(p: { start: AgentStart; sink: EntrySink; files: WorkspaceFiles; terminals: Terminals }) {
    this.#start = p.start;
    this.#sink = p.sink;
    this.#files = p.files;
    this.#terminals = p.terminals;
  }

  /** Rejects with a `RequestError`, which is what the agent is told. */
  async answer(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#answer(method, asRecord(params) ?? {}, signal);
    } catch (error) {
      if (error instanceof FileRefused || error instanceof TerminalRefused) throw refused(method, error.message);
      throw error;
    }
  }

  async #answer(method: string, params: WireRecord, signal: AbortSignal): Promise<unknown> {
    const terminalId = asText(params['terminalId']) ?? '';
    switch (method) {
      case methods.client.fs.readTextFile:
        return this.#read(method, params);
      case methods.client.fs.writeTextFile:
        return this.#write(method, params, signal);
      case methods.client.terminal.create:
        return this.#run(method, params, signal);
      case methods.client.terminal.output:
        return this.#terminals.output(terminalId);
      case methods.client.terminal.waitForExit:
        return this.#terminals.wait(terminalId);
      case methods.client.terminal.kill:
        this.#terminals.kill(terminalId);
        return {};
      case methods.client.terminal.release:
        this.#terminals.release(terminalId);
        return {};
      default:
        throw RequestError.methodNotFound(method);
    }
  }

  async #read(method: string, params: WireRecord): Promise<{ content: string }> {
    const path = asText(params['path']) ?? '';
    const agent = { ...this.#start.agent, permission: 'allow' as const };
    if (decidePermission({ agent, tool: method }) === 'deny') throw refused(method, 'the agent’s deny_tools say so');
    const line = asAmount(params['line']);
    const limit = asAmount(params['limit']);
    const content = await this.#files.read({
      path,
      ...(line === undefined ? {} : { line }),
      ...(limit === undefined ? {} : { limit }),
    });
    this.#tell(method, `read ${path}`);
    return { content };
  }

  async #write(method: string, params: WireRecord, signal: AbortSignal): Promise<WireRecord> {
    const path = asText(params['path']) ?? '';
    // Before anybody is asked: what is refused anyway troubles nobody.
    await this.#files.place(path);
    await this.#permit({ tool: method, title: `write ${path}`, input: { path } }, signal);
    await this.#files.write({ path, content: asText(params['content']) ?? '' });
    this.#tell(method, `wrote ${path}`);
    return {};
  }

  async #run(method: string, params: WireRecord, signal: AbortSignal): Promise<{ terminalId: string }> {
    const command = asWords(params['command']) ?? '';
    if (command === '') throw new TerminalRefused('there is no command');
    const args = asList(params['args']).map(String);
    const cwd = await this.#files.place(asWords(params['cwd']) ?? '.');
    const line = [command, ...args].join(' ');
    await this.#permit({ tool: method, title: `run ${line}`, input: { command, args, cwd } }, signal);
    const env = asList(params['env']).map(asRecord);
    const bytesMax = asAmount(params['outputByteLimit']);
    const terminalId = await this.#terminals.create({
      command,
      args,
      cwd,
      env: Object.fromEntries(env.map((each) => [asText(each?.['name']) ?? '', asText(each?.['value']) ?? ''])),
      bytesMax,
    });
    this.#tell(method, `ran ${line}`);
    return { terminalId };
  }

  async #permit(p: { tool: string; title: string; input: unknown }, signal: AbortSignal): Promise<void> {
    this.#sink.flush();
    const answer = await this.#start.onPermission({ ...p, options: OPTIONS }, signal);
    if (answer.outcome !== 'selected' || answer.option_id !== 'allow') throw refused(p.tool, 'it was not permitted');
  }

  #tell(tool: string, title: string): void {
    this.#sink.report({ kind: 'tool_call', text: title, detail: { tool, title, status: 'completed', by: 'client' } });
  }
}

function refused(method: string, why: string): RequestError {
  return RequestError.invalidParams(undefined, `${method} was refused: ${why}`);
}
