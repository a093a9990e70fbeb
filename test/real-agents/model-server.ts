/**
 * A model that costs nothing, for real agents: one server on loopback that answers in the four dialects that they speak
 * (OpenAI chat and responses, Anthropic messages, Gemini). What it says follows from marks in the prompt, so that a
 * whole conversation can be told beforehand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialectOf, resetSeconds, type Dialect, type Turn } from './model-dialects.ts';

/** Marks in a prompt; without one the model greets. */
export const MARKS = {
  /** `RUN-COMMAND: touch x`: asks for the agent's shell tool once, then says what came back. */
  command: 'RUN-COMMAND:',
  /** Begins an answer and never ends it. */
  endless: 'NEVER-ENDING',
  /** Refuses with 429, as an exhausted account does. */
  exhausted: 'ACCOUNT-EXHAUSTED',
} as const;

export const GREETING = 'Greetings from the model on loopback.';

export interface ModelServer {
  readonly url: string;
  /** Requests that were answered with words or tools, by dialect. */
  readonly answered: Dialect['name'][];
  /** Resolves when an endless answer has begun. */
  readonly endlessBegun: Promise<void>;
  /** Resolves when the client of an endless answer has gone away. */
  readonly endlessAbandoned: Promise<void>;
  close(): Promise<void>;
}

export async function openModelServer(): Promise<ModelServer> {
  const answered: Dialect['name'][] = [];
  const begun = Promise.withResolvers<void>();
  const abandoned = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname;
    const text = await readText(request);
    const dialect = dialectOf(path);
    if (request.method === 'HEAD' || dialect === undefined) return sendJson(response, 404, { error: 'not here' });
    const body = JSON.parse(text) as Record<string, unknown>;
    if (dialect.isCount?.(path) === true) return sendJson(response, 200, { input_tokens: 10, totalTokens: 10 });
    const turn = turnOf(dialect, body, text);
    if (turn.kind === 'exhausted') {
      response.setHeader('retry-after', '3600');
      response.setHeader('anthropic-ratelimit-unified-status', 'rejected');
      response.setHeader('anthropic-ratelimit-unified-representative-claim', 'five_hour');
      response.setHeader('anthropic-ratelimit-unified-reset', String(resetSeconds()));
      return sendJson(response, 429, dialect.exhausted());
    }
    answered.push(dialect.name);
    if (!dialect.streams(path, body)) return sendJson(response, 200, dialect.whole(turn, body));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    if (turn.kind === 'endless') {
      response.once('close', () => abandoned.resolve());
      response.write(dialect.begin(body).join(''));
      return begun.resolve();
    }
    response.end(dialect.stream(turn, body).join(''));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    endlessBegun: begun.promise,
    endlessAbandoned: abandoned.promise,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function turnOf(dialect: Dialect, body: Record<string, unknown>, text: string): Turn | { kind: 'exhausted' } {
  if (text.includes(MARKS.exhausted)) return { kind: 'exhausted' };
  if (text.includes(MARKS.endless)) return { kind: 'endless' };
  const command = new RegExp(`${MARKS.command} ([^"\\\\\\n]+)`).exec(text)?.[1]?.trim();
  const tool = dialect.shellTool(body);
  if (command !== undefined && tool !== undefined) {
    const result = dialect.toolResult(body);
    return result === undefined
      ? { kind: 'tool', tool, command }
      : { kind: 'words', words: `The command came back with: ${result}` };
  }
  return { kind: 'words', words: GREETING };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
