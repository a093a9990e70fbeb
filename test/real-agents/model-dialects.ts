/** The wire formats of four model APIs, as far as agents need them to hold a conversation. */

/** What the model does next. */
export type Turn =
  | { kind: 'words'; words: string }
  | { kind: 'tool'; tool: ShellTool; command: string }
  | { kind: 'endless' };

/** The agent's own tool for running commands: its name and the names of its required arguments. */
export interface ShellTool {
  name: string;
  schema: Record<string, unknown>;
}

export interface Dialect {
  readonly name: 'chat' | 'responses' | 'messages' | 'gemini';
  /** Whether the path only asks how much a prompt would be. */
  isCount?(path: string): boolean;
  streams(path: string, body: Record<string, unknown>): boolean;
  shellTool(body: Record<string, unknown>): ShellTool | undefined;
  /** What the last tool call gave, when the conversation ends with one. */
  toolResult(body: Record<string, unknown>): string | undefined;
  whole(turn: Turn, body: Record<string, unknown>): unknown;
  /** Events, each with its blank line. */
  stream(turn: Turn, body: Record<string, unknown>): string[];
  /** The events with which an answer begins that never ends. */
  begin(body: Record<string, unknown>): string[];
  exhausted(): unknown;
}

/** An exhausted account is free again in an hour. */
export const resetSeconds = (): number => Math.floor(Date.now() / 1000) + 3600;

/** What each answer costs. */
const USED = { input: 100, output: 20 };
const SHELL_NAMES = ['bash', 'shell', 'exec_command', 'run_shell_command', 'local_shell', 'shell_command'];

export function dialectOf(path: string): Dialect | undefined {
  if (path.endsWith('/chat/completions')) return chat;
  if (path.endsWith('/responses')) return responses;
  if (path.endsWith('/messages') || path.endsWith('/messages/count_tokens')) return messages;
  if (/:(stream)?[gG]enerateContent$/.test(path) || path.endsWith(':countTokens')) return gemini;
  return undefined;
}

type Json = Record<string, unknown>;

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function shellAmong(tools: { name: unknown; schema: unknown }[]): ShellTool | undefined {
  const tool = tools.find(({ name }) => SHELL_NAMES.includes(String(name).toLowerCase()));
  return tool === undefined ? undefined : { name: String(tool.name), schema: (tool.schema ?? {}) as Json };
}

/** Required arguments are filled by their names and types: agents differ in what they want besides the command. */
function argumentsFor(tool: ShellTool, command: string): Json {
  const properties = (tool.schema['properties'] ?? {}) as Record<string, Json>;
  const names = Array.isArray(tool.schema['required']) ? (tool.schema['required'] as string[]) : [];
  const out: Json = {};
  for (const name of new Set([
    ...names,
    ...Object.keys(properties).filter((key) => ['command', 'cmd'].includes(key)),
  ])) {
    const wantsList = properties[name]?.['type'] === 'array';
    if (['command', 'cmd'].includes(name)) out[name] = wantsList ? ['sh', '-c', command] : command;
    else out[name] = properties[name]?.['type'] === 'string' ? 'asked for by the test' : 1000;
  }
  return out;
}

function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value.map((item) => textIn((item as Json)['text'] ?? (item as Json)['output'])).join(' ');
  return JSON.stringify(value ?? '');
}

const event = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const chat: Dialect = {
  name: 'chat',
  streams: (_path, body) => body['stream'] === true,
  shellTool: (body) =>
    shellAmong(
      list(body['tools'])
        .map((tool) => tool['function'] as Json)
        .map((f) => ({ name: f['name'], schema: f['parameters'] })),
    ),
  toolResult(body) {
    const last = list(body['messages']).at(-1);
    return last?.['role'] === 'tool' ? textIn(last['content']) : undefined;
  },
  whole: (turn) => ({
    ...chatHead('chat.completion'),
    choices: [
      {
        index: 0,
        finish_reason: turn.kind === 'tool' ? 'tool_calls' : 'stop',
        message: { role: 'assistant', ...chatPart(turn) },
      },
    ],
    usage: chatUsage(),
  }),
  stream: (turn) => [
    event({
      ...chatHead('chat.completion.chunk'),
      choices: [{ index: 0, delta: { role: 'assistant', ...chatPart(turn) } }],
    }),
    event({
      ...chatHead('chat.completion.chunk'),
      choices: [{ index: 0, delta: {}, finish_reason: turn.kind === 'tool' ? 'tool_calls' : 'stop' }],
      usage: chatUsage(),
    }),
    event('[DONE]'),
  ],
  begin: () => [
    event({
      ...chatHead('chat.completion.chunk'),
      choices: [{ index: 0, delta: { role: 'assistant', content: 'Well, ' } }],
    }),
  ],
  exhausted: () => ({
    error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' },
  }),
};

const chatHead = (object: string): Json => ({ id: 'chat-1', object, created: 1_700_000_000, model: 'loopback' });
const chatUsage = (): Json => ({
  prompt_tokens: USED.input,
  completion_tokens: USED.output,
  total_tokens: USED.input + USED.output,
});

function chatPart(turn: Turn): Json {
  if (turn.kind !== 'tool') return { content: turn.kind === 'words' ? turn.words : 'Well, ' };
  const call = { name: turn.tool.name, arguments: JSON.stringify(argumentsFor(turn.tool, turn.command)) };
  return { content: '', tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }] };
}

const responses: Dialect = {
  name: 'responses',
  streams: (_path, body) => body['stream'] === true,
  shellTool: (body) =>
    shellAmong(list(body['tools']).map((tool) => ({ name: tool['name'] ?? tool['type'], schema: tool['parameters'] }))),
  toolResult(body) {
    const last = list(body['input']).at(-1);
    return String(last?.['type']).endsWith('_output') ? textIn(last?.['output']) : undefined;
  },
  whole: (turn) => responseOf(turn),
  stream(turn) {
    const [item] = responseOf(turn)['output'] as [Json];
    return [
      event({ type: 'response.created', response: { id: 'resp_1' } }, 'response.created'),
      event(
        { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
        'response.output_item.added',
      ),
      ...(turn.kind === 'words'
        ? [
            event(
              {
                type: 'response.output_text.delta',
                item_id: 'item_1',
                output_index: 0,
                content_index: 0,
                delta: turn.words,
              },
              'response.output_text.delta',
            ),
          ]
        : []),
      event({ type: 'response.output_item.done', output_index: 0, item }, 'response.output_item.done'),
      event({ type: 'response.completed', response: responseOf(turn) }, 'response.completed'),
    ];
  },
  begin: () => [event({ type: 'response.created', response: { id: 'resp_1' } }, 'response.created')],
  exhausted: () => ({
    error: {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: 'plus',
      resets_at: resetSeconds(),
    },
  }),
};

function responseOf(turn: Turn): Json {
  const item =
    turn.kind === 'tool'
      ? {
          id: 'item_1',
          type: 'function_call',
          status: 'completed',
          call_id: 'call_1',
          name: turn.tool.name,
          arguments: JSON.stringify(argumentsFor(turn.tool, turn.command)),
        }
      : {
          id: 'item_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: turn.kind === 'words' ? turn.words : '', annotations: [] }],
        };
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model: 'loopback',
    output: [item],
    usage: {
      input_tokens: USED.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: USED.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: USED.input + USED.output,
    },
  };
}

const messages: Dialect = {
  name: 'messages',
  isCount: (path) => path.endsWith('/count_tokens'),
  streams: (_path, body) => body['stream'] === true,
  shellTool: (body) =>
    shellAmong(list(body['tools']).map((tool) => ({ name: tool['name'], schema: tool['input_schema'] }))),
  toolResult(body) {
    const result = list(list(body['messages']).findLast((message) => message['role'] === 'user')?.['content']).find(
      (part) => part['type'] === 'tool_result',
    );
    return result === undefined ? undefined : textIn(result['content']);
  },
  whole: (turn, body) => ({
    ...messageHead(body),
    content: [messagePart(turn)],
    stop_reason: stopReason(turn),
    usage: messageUsage(),
  }),
  stream(turn, body) {
    const part = messagePart(turn);
    const delta =
      turn.kind === 'tool'
        ? { type: 'input_json_delta', partial_json: JSON.stringify(part['input']) }
        : { type: 'text_delta', text: part['text'] };
    const empty = turn.kind === 'tool' ? { ...part, input: {} } : { type: 'text', text: '' };
    return [
      ...messages.begin(body).slice(0, 1),
      event({ type: 'content_block_start', index: 0, content_block: empty }, 'content_block_start'),
      event({ type: 'content_block_delta', index: 0, delta }, 'content_block_delta'),
      event({ type: 'content_block_stop', index: 0 }, 'content_block_stop'),
      event(
        { type: 'message_delta', delta: { stop_reason: stopReason(turn), stop_sequence: null }, usage: messageUsage() },
        'message_delta',
      ),
      event({ type: 'message_stop' }, 'message_stop'),
    ];
  },
  begin: (body) => [
    event(
      {
        type: 'message_start',
        message: {
          ...messageHead(body),
          content: [],
          stop_reason: null,
          usage: { ...messageUsage(), output_tokens: 1 },
        },
      },
      'message_start',
    ),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }, 'content_block_start'),
    event(
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Well, ' } },
      'content_block_delta',
    ),
  ],
  exhausted: () => ({ type: 'error', error: { type: 'rate_limit_error', message: 'Usage limit reached' } }),
};

const messageHead = (body: Json): Json => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: body['model'] ?? 'loopback',
  stop_sequence: null,
});
const messageUsage = (): Json => ({
  input_tokens: USED.input,
  output_tokens: USED.output,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
});
const stopReason = (turn: Turn): string => (turn.kind === 'tool' ? 'tool_use' : 'end_turn');

function messagePart(turn: Turn): Json {
  return turn.kind === 'tool'
    ? { type: 'tool_use', id: 'toolu_1', name: turn.tool.name, input: argumentsFor(turn.tool, turn.command) }
    : { type: 'text', text: turn.kind === 'words' ? turn.words : '' };
}

const gemini: Dialect = {
  name: 'gemini',
  isCount: (path) => path.endsWith(':countTokens'),
  streams: (path) => path.includes(':streamGenerateContent'),
  shellTool: (body) =>
    shellAmong(
      list(body['tools'])
        .flatMap((tool) => list(tool['functionDeclarations']))
        .map((tool) => ({ name: tool['name'], schema: tool['parametersJsonSchema'] ?? tool['parameters'] })),
    ),
  toolResult(body) {
    const part = list(list(body['contents']).at(-1)?.['parts']).find((each) => each['functionResponse'] !== undefined);
    return part === undefined ? undefined : textIn((part['functionResponse'] as Json)['response']);
  },
  whole: (turn, body) => geminiReply(geminiPart(turn, body)),
  stream: (turn, body) => [event(geminiReply(geminiPart(turn, body)))],
  begin: () => [event({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Well, ' }] } }] })],
  exhausted: () => ({
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'You exceeded your current quota. Please retry in 1h.',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3600s' },
      ],
    },
  }),
};

/** Gemini's own router asks for JSON of a stated shape before the conversation; without it it asks again for a minute. */
function geminiPart(turn: Turn, body: Json): Json {
  const config = (body['generationConfig'] ?? {}) as Json;
  if (config['responseMimeType'] === 'application/json') {
    return {
      text: JSON.stringify({
        reasoning: 'simple',
        model_choice: 'flash',
        complexity_reasoning: 'simple',
        complexity_score: 1,
      }),
    };
  }
  if (turn.kind !== 'tool') return { text: turn.kind === 'words' ? turn.words : '' };
  return { functionCall: { name: turn.tool.name, args: argumentsFor(turn.tool, turn.command) } };
}

const geminiReply = (part: Json): Json => ({
  candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [part] } }],
  usageMetadata: {
    promptTokenCount: USED.input,
    candidatesTokenCount: USED.output,
    totalTokenCount: USED.input + USED.output,
  },
});
