/** What one MCP tool is: an operation of the API under a name for agents, or a verb made of several operations. */
import type { Client } from '../client/client.ts';
import type { OperationName } from '../api/contract/route-table.ts';

/**
 * What calling a tool does to the world; the client shows it to its person as MCP's annotations. `destroy` takes away
 * what cannot be brought back: a definition, the work of a run.
 */
export type ToolEffect = 'read' | 'change' | 'destroy';

interface ToolFrame {
  /** `jobs_list`: the noun and the verb of the command line. */
  readonly name: string;
  readonly title: string;
  readonly effect: ToolEffect;
  /** Calling it again with the same arguments changes nothing more. */
  readonly idempotent?: boolean;
}

/** Arguments, description and answer are the operation's own. */
export interface OperationTool extends ToolFrame {
  readonly operation: OperationName;
  /** Taken where the caller says nothing: an agent's context is smaller than a terminal. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A verb of the command line that is more than one request. */
export interface ComposedTool extends ToolFrame {
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly input: Readonly<Record<string, unknown>>;
  run(p: { client: Client; args: Readonly<Record<string, unknown>>; signal: AbortSignal }): Promise<object>;
}

export type Tool = OperationTool | ComposedTool;
