/** MCP servers as they are written in a configuration, in the shape that the protocol wants. */
import { asList, asRecord, type WireRecord } from '../wire-value.ts';

/** The name under which Rouse's own tools are handed over. */
export const OWN_SERVER = 'rouse';

const REFERENCE = /^(?:env|file|vault):/;

export interface ServerSources {
  /** The agent's environment, which holds the home and the token of its run where it may use Rouse. */
  env: Record<string, string>;
  /** Program and arguments of our own command line; absent where there is none. */
  rouseCommand: readonly string[] | undefined;
  /** The value behind a reference; rejects with an error that names the reference. */
  secretOf(reference: string): Promise<string>;
}

/** Resolved just before a start: references become values here and are kept nowhere. */
export async function mcpServers(
  configured: readonly unknown[],
  sources: ServerSources,
): Promise<{ servers: unknown[] } | { problem: string }> {
  const servers: unknown[] = [];
  for (const written of configured) {
    try {
      const server = written === OWN_SERVER ? ownServer(sources) : await withSecrets(written, sources);
      servers.push(mcpServer(server));
    } catch (error) {
      return { problem: `An MCP server cannot be handed over: ${(error as Error).message}` };
    }
  }
  return { servers };
}

function ownServer({ env, rouseCommand }: ServerSources): WireRecord {
  const [command, ...args] = rouseCommand ?? [];
  const { ROUSE_HOME, ROUSE_TOKEN } = env;
  if (command === undefined || ROUSE_HOME === undefined || ROUSE_TOKEN === undefined) {
    throw new Error('Rouse’s own tools need `rouse_scopes`, such as ["read"].');
  }
  return { name: OWN_SERVER, command, args: [...args, 'mcp'], env: { ROUSE_HOME, ROUSE_TOKEN } };
}

async function withSecrets(written: unknown, sources: ServerSources): Promise<unknown> {
  const server = asRecord(written);
  if (server === undefined) return written;
  const resolved: WireRecord = { ...server };
  for (const key of ['env', 'headers']) {
    const table = asRecord(server[key]);
    if (table === undefined) continue;
    const values: WireRecord = {};
    for (const [name, value] of Object.entries(table)) {
      values[name] = typeof value === 'string' && REFERENCE.test(value) ? await sources.secretOf(value) : value;
    }
    resolved[key] = values;
  }
  return resolved;
}

/**
 * Tables are what people write (`env = { TOKEN = "…" }`); the protocol wants lists of names and values, and every
 * field. Whatever is neither is passed on as it is: the agent's error will name it.
 */
export function mcpServer(configured: unknown): unknown {
  const server = asRecord(configured);
  if (server === undefined) return configured;
  if (server['command'] !== undefined) {
    return { ...server, args: asList(server['args']), env: nameValueList(server['env']) };
  }
  return { ...server, type: server['type'] ?? 'http', headers: nameValueList(server['headers']) };
}

function nameValueList(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  const table: WireRecord = asRecord(value) ?? {};
  return Object.entries(table).map(([name, text]) => ({ name, value: String(text) }));
}
