/**
 * An ACP agent without a library, for the things that no library would do: the first argument names the misbehaviour.
 * Everything else about it is correct and as small as can be. Ends when its input does, unless that is the point.
 */
import { createInterface } from 'node:readline';
import process from 'node:process';
import { systemClock } from '../../src/clock/clock.ts';

const [behaviour = 'good', ...rest] = process.argv.slice(2);

interface Message {
  id?: number | string;
  method?: string;
  params?: { sessionId?: string };
  result?: unknown;
}

let sessionId = 'raw-1';
let promptId: Message['id'];

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
function update(value: object): void {
  send({ method: 'session/update', params: { sessionId, update: value } });
}
function say(text: string, more: object = {}): void {
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...more });
}
function finish(stopReason = 'end_turn', more: object = {}): void {
  send({ id: promptId, result: { stopReason, ...more } });
}
/** Stays alive whatever is closed. */
function stay(): void {
  systemClock().after(3_600_000, () => {});
}

function initialized(id: Message['id']): void {
  const agentCapabilities = behaviour === 'loads' ? { loadSession: true } : {};
  const authMethods = [{ id: 'login', name: 'Log in', description: 'raw-agent login' }];
  const protocolVersion = behaviour === 'version' ? 7 : 1;
  if (behaviour === 'mute') return void process.stderr.write('mute\n');
  if (behaviour === 'init-error')
    return send({ id, error: { code: -32603, message: 'Internal error', data: { details: 'no licence' } } });
  if (behaviour === 'init-rubbish') return send({ id, result: 'hello' });
  send({ id, result: { protocolVersion, agentCapabilities, authMethods } });
}

function opened(id: Message['id']): void {
  if (behaviour === 'auth') return send({ id, error: { code: -32000, message: 'Authentication required' } });
  if (behaviour === 'no-session-id') return send({ id, result: {} });
  if (behaviour === 'dies-opening') {
    process.stderr.write('cannot reach the model\n');
    process.exitCode = 9;
    return process.exit();
  }
  send({ id, result: { sessionId } });
  update({ sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'a' }, { name: 'b' }] });
}

const prompts: Record<string, () => void> = {
  good() {
    say('good');
    finish();
  },
  garbage() {
    process.stdout.write('log line one\n{"not": "a message"}\n[1,2]\n{broken\n\n   \n');
    say('still here');
    finish();
  },
  'line-without-end'() {
    // 50 MB in which no line ends, then one that does, and then a proper answer.
    const piece = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 50; i++) process.stdout.write(piece);
    process.stdout.write('\n');
    say('still here');
    finish();
  },
  'huge-message'() {
    process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(promptId)},"result":"`);
    const piece = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 40; i++) process.stdout.write(piece);
    process.stdout.write('"}\n');
  },
  'dies-mid-frame'() {
    say('half an ');
    process.stdout.write('{"jsonrpc":"2.0","method":"session/upd', () => process.kill(process.pid, 'SIGKILL'));
  },
  'last-line-without-end'() {
    say('whole');
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: promptId, result: { stopReason: 'end_turn' } }), () =>
      process.exit(0),
    );
  },
  'closes-output'() {
    stay();
    process.stdout.end();
  },
  'prompt-error'() {
    send({ id: promptId, error: { code: -32603, message: 'Internal error', data: { details: 'model overloaded' } } });
  },
  refuses() {
    finish('refusal');
  },
  quota() {
    say('cheap');
    finish('end_turn', { _meta: { quota: { token_count: { input_tokens: 7, output_tokens: 3 }, model_usage: [] } } });
  },
  'no-stop-reason'() {
    say('odd');
    send({ id: promptId, result: null });
  },
  updates() {
    update({ sessionUpdate: 'from_the_future', answer: 42 });
    update({ sessionUpdate: 'agent_message_chunk' });
    update({ noKind: true });
    send({ method: 'session/update' });
    send({
      method: 'session/update',
      params: {
        sessionId: 'a-subagent',
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'from below' } },
      },
    });
    send({ method: '_vendor/news', params: {} });
    send({ id: 999, result: {} });
    update({
      sessionUpdate: 'plan',
      entries: [
        { content: 'think', status: 'completed' },
        { content: 'do', status: 'pending' },
      ],
    });
    update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'hm' } });
    say('I will look. ');
    update({
      sessionUpdate: 'tool_call',
      toolCallId: 't1',
      title: 'Read a.ts',
      kind: 'read',
      status: 'pending',
      rawInput: { path: 'a.ts' },
      _meta: { claudeCode: { toolName: 'Read' } },
    });
    for (let i = 0; i < 50; i++)
      update({ sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'in_progress', content: [] });
    update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 't1',
      status: 'completed',
      content: [
        { type: 'content', content: { type: 'text', text: 'contents of a' } },
        { type: 'diff', path: '/a.ts' },
      ],
    });
    say('The an', { messageId: 'm1' });
    say('swer', { messageId: 'm1' });
    say('And more', { messageId: 'm2' });
    update({
      sessionUpdate: 'agent_message_chunk',
      messageId: 'm2',
      content: { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    });
    for (let used = 1; used <= 100; used++)
      update({ sessionUpdate: 'usage_update', used, size: 1000, cost: { amount: used / 100, currency: 'USD' } });
    finish('end_turn', { usage: { totalTokens: 30, inputTokens: 10, cachedReadTokens: 5, outputTokens: 15 } });
  },
  'after-cancel'() {
    say('working ');
  },
  'deaf-to-cancel'() {
    say('working ');
    stay();
  },
  permission() {
    say('before ');
    send({
      id: 'p1',
      method: 'session/request_permission',
      params: { sessionId, toolCall: { toolCallId: 't1', title: 'Delete all', kind: 'delete' }, options: [] },
    });
  },
  permissions() {
    for (let i = 0; i < 40; i++) {
      send({
        id: `p${i}`,
        method: 'session/request_permission',
        params: {
          sessionId,
          toolCall: { toolCallId: `t${i}`, title: `Ask ${i}` },
          options: [{ optionId: 'y', name: 'Yes', kind: 'allow_once' }],
        },
      });
    }
  },
  'asks-without-reading'() {
    // A hundred thousand questions, and no look at the answers: whoever buffers them all is the victim.
    process.stdin.pause();
    for (let i = 0; i < 100_000; i++)
      send({ id: `q${i}`, method: 'fs/read_text_file', params: { sessionId, path: '/etc/passwd' } });
    say('asked');
    stay();
  },
  files() {
    send({ id: 'f1', method: 'fs/read_text_file', params: { sessionId, path: '/etc/passwd' } });
  },
  history() {
    say('new');
    finish();
  },
};
prompts['loads'] = prompts['history']!;

function answered(message: Message): void {
  if (behaviour === 'permission') {
    say(JSON.stringify(message.result));
    finish();
  }
  if (behaviour === 'files') {
    say(JSON.stringify((message as { error?: { code: number } }).error?.code));
    finish();
  }
  if (behaviour === 'permissions' && message.id === 'p39') say(`last: ${JSON.stringify(message.result)}`);
}

function take(message: Message): void {
  switch (message.method) {
    case 'initialize':
      return initialized(message.id);
    case 'session/new':
      return opened(message.id);
    case 'session/load':
      if (message.params?.sessionId !== 'known')
        return send({ id: message.id, error: { code: -32002, message: 'Resource not found' } });
      sessionId = 'known';
      say('old words');
      update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 7, currency: 'USD' } });
      send({ id: message.id, result: {} });
      return update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: 7.5, currency: 'USD' } });
    case 'session/prompt':
      promptId = message.id;
      return (prompts[behaviour] ?? prompts['good']!)();
    case 'session/cancel':
      if (behaviour === 'deaf-to-cancel') return say('no');
      say('stopping');
      return finish('cancelled', { usage: { totalTokens: 3, inputTokens: 1, outputTokens: 2 } });
    case undefined:
      return answered(message);
    default:
      return send({ id: message.id, error: { code: -32601, message: 'Method not found' } });
  }
}

if (behaviour === 'exits') {
  process.stderr.write(`${rest.join(' ') || 'cannot start'}\n`);
  process.exit(7);
}
if (behaviour === 'not-acp') process.stdout.write('Usage: some-tool [options]\n', () => process.exit(1));
if (behaviour === 'mute-forever') {
  process.on('SIGTERM', () => {});
  process.stderr.write('mute\n');
  stay();
} else {
  createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line) as Message));
}
