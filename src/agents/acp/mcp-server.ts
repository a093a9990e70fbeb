/** MCP servers as they are written in a configuration, in the shape that the protocol wants. Pure. */
import { asList, asRecord, type WireRecord } from '../wire-value.ts';

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
