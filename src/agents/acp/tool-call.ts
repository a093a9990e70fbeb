/** What is known about a tool call: its first announcement and every later update, put together. */
import { asRecord, asWords, type WireRecord } from '../wire-value.ts';

export interface ToolCallState {
  id: string;
  title: string;
  /** The agent's own name for the tool where it tells, else the protocol's kind (`read`, `edit`, `execute`, …). */
  tool: string;
  kind: string;
  status: string;
  input: unknown;
  content: unknown;
  output: unknown;
}

/** Agents that stream hundreds of calls are remembered by their latest; an older one is known by its update alone. */
const CALLS_MAX = 256;

export class ToolCalls {
  readonly #calls = new Map<string, ToolCallState>();

  /** Takes an announcement or an update in, and gives the call as it stands now and as it stood before. */
  merge(update: WireRecord): { call: ToolCallState; before: ToolCallState | undefined } {
    const call = this.describe(update);
    const before = this.#calls.get(call.id);
    this.#calls.delete(call.id);
    this.#calls.set(call.id, call);
    if (this.#calls.size > CALLS_MAX) this.#calls.delete(this.#calls.keys().next().value!);
    return { call, before };
  }

  /** The call that an update speaks of, as it would stand; nothing is remembered. */
  describe(update: WireRecord): ToolCallState {
    const id = asWords(update['toolCallId']) ?? '';
    const before = this.#calls.get(id);
    const kind = asWords(update['kind']) ?? before?.kind ?? 'other';
    return {
      id,
      title: asWords(update['title']) ?? before?.title ?? asWords(update['name']) ?? 'tool call',
      tool: toolName(update) ?? (before !== undefined && before.tool !== before.kind ? before.tool : kind),
      kind,
      status: asWords(update['status']) ?? before?.status ?? 'pending',
      input: update['rawInput'] ?? before?.input,
      content: update['content'] ?? before?.content,
      output: update['rawOutput'] ?? before?.output,
    };
  }
}

/** `name` is the protocol's; older adapters put it into their own corner of `_meta` (`_meta.claudeCode.toolName`). */
function toolName(update: WireRecord): string | undefined {
  const name = asWords(update['name']);
  if (name !== undefined) return name;
  for (const corner of Object.values(asRecord(update['_meta']) ?? {})) {
    const found = asWords(asRecord(corner)?.['toolName']);
    if (found !== undefined) return found;
  }
  return undefined;
}
