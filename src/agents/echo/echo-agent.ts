/**
 * A real ACP agent that thinks of nothing: answers with what it was told. Used to try Rouse without an account, and by
 * tests that need a process behaving badly in a known way (see directive.ts).
 */
import { agent, methods, RequestError, type AgentApp, type AgentContext } from '@agentclientprotocol/sdk';
import { delay, type Clock } from '../../clock/clock.ts';
import { readScript, type Directive } from './directive.ts';
import { carryOut, type EchoTurn } from './carry-out.ts';

interface EchoSession {
  mode: string;
  model: string;
  continued: boolean;
  /** Of the prompt being answered, if one is. */
  cancel: AbortController | undefined;
}

const MODES = [
  { id: 'plain', name: 'Plain', description: 'Says things as they are' },
  { id: 'loud', name: 'Loud', description: 'Says everything in capitals' },
];
const MODELS = [
  { value: 'echo-small', name: 'Echo small' },
  { value: 'echo-large', name: 'Echo large' },
];
/** A rule of thumb for languages in Latin script; good enough for numbers that stand for nothing. */
const CHARACTERS_PER_TOKEN = 4;
const CONTEXT_TOKENS = 200_000;

export interface EchoAgentOptions {
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** Distinguishes the sessions of this process from those of others. */
  sessionPrefix: string;
  version: string;
}

export function createEchoAgent(options: EchoAgentOptions): AgentApp {
  const sessions = new Map<string, EchoSession>();
  const open = (sessionId: string, continued: boolean): void => {
    sessions.set(sessionId, { mode: 'plain', model: 'echo-small', continued, cancel: undefined });
  };
  const get = (sessionId: string): EchoSession => {
    const session = sessions.get(sessionId);
    if (session === undefined) throw RequestError.sessionNotFound(sessionId);
    return session;
  };
  /** It remembers nothing, so it can continue whatever was its own. */
  const reopen = (sessionId: string): ReturnType<typeof offer> => {
    if (!sessionId.startsWith('echo-')) throw RequestError.sessionNotFound(sessionId);
    open(sessionId, true);
    return offer(get(sessionId));
  };
  return agent({ name: 'rouse-echo-agent' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: 1,
      agentInfo: { name: 'rouse-echo-agent', title: 'Rouse echo agent', version: options.version },
      agentCapabilities: { loadSession: true, sessionCapabilities: { resume: {} } },
      authMethods: [],
    }))
    .onRequest(methods.agent.session.new, () => {
      const sessionId = `${options.sessionPrefix}-${sessions.size + 1}`;
      open(sessionId, false);
      return { sessionId, ...offer(get(sessionId)) };
    })
    .onRequest(methods.agent.session.load, ({ params }) => reopen(params.sessionId))
    .onRequest(methods.agent.session.resume, ({ params }) => reopen(params.sessionId))
    .onRequest(methods.agent.session.setMode, ({ params }) => {
      if (!MODES.some(({ id }) => id === params.modeId)) throw RequestError.invalidParams({ modeId: params.modeId });
      get(params.sessionId).mode = params.modeId;
      return {};
    })
    .onRequest(methods.agent.session.setConfigOption, ({ params }) => {
      if (params.configId !== 'model' || !MODELS.some(({ value }) => value === params.value)) {
        throw RequestError.invalidParams({ configId: params.configId, value: params.value });
      }
      get(params.sessionId).model = String(params.value);
      return { configOptions: offer(get(params.sessionId)).configOptions };
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const prompt = params.prompt.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      const session = get(params.sessionId);
      const cancel = (session.cancel = new AbortController());
      try {
        return await answer({ options, session, client, prompt, sessionId: params.sessionId, signal: cancel.signal });
      } finally {
        session.cancel = undefined;
      }
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => sessions.get(params.sessionId)?.cancel?.abort());
}

function offer(session: EchoSession) {
  return {
    modes: { currentModeId: session.mode, availableModes: MODES },
    configOptions: [
      {
        id: 'model',
        name: 'Model',
        category: 'model',
        type: 'select' as const,
        currentValue: session.model,
        options: MODELS,
      },
    ],
  };
}

async function answer(p: {
  options: EchoAgentOptions;
  session: EchoSession;
  client: AgentContext;
  prompt: string;
  sessionId: string;
  signal: AbortSignal;
}) {
  const { directives, text } = readScript(p.prompt);
  const said = { characters: 0 };
  const update = (value: object): Promise<void> =>
    p.client.notify(methods.client.session.update, { sessionId: p.sessionId, update: value });
  const say = (words: string): Promise<void> => {
    const spoken = p.session.mode === 'loud' ? words.toUpperCase() : words;
    said.characters += spoken.length;
    return update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: spoken } });
  };
  const turn: EchoTurn = {
    client: p.client,
    sessionId: p.sessionId,
    signal: p.signal,
    env: p.options.env,
    now: () => p.options.clock.now(),
    wait: (ms) => delay(p.options.clock, ms, p.signal),
    update,
    say,
    replaced: false,
    stopReason: 'end_turn',
    usage: undefined,
  };
  await carryOutAll(turn, directives);
  if (p.signal.aborted) turn.stopReason = 'cancelled';
  if (!turn.replaced && turn.stopReason === 'end_turn') {
    for (const chunk of echoChunks(p.options.env, p.session, text)) await say(chunk);
  }
  const inputTokens = turn.usage?.inputTokens ?? Math.ceil(p.prompt.length / CHARACTERS_PER_TOKEN);
  const outputTokens = turn.usage?.outputTokens ?? Math.ceil(said.characters / CHARACTERS_PER_TOKEN);
  const cost = { amount: turn.usage?.costUsd ?? 0, currency: 'USD' };
  await update({ sessionUpdate: 'usage_update', used: inputTokens + outputTokens, size: CONTEXT_TOKENS, cost });
  return { stopReason: turn.stopReason, usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
}

async function carryOutAll(turn: EchoTurn, directives: readonly Directive[]): Promise<void> {
  for (const directive of directives) {
    if (turn.signal.aborted) return;
    await carryOut(turn, directive);
  }
}

/** First for what it was woken, then the prompt, in pieces so that there is something to follow. */
function echoChunks(env: EchoAgentOptions['env'], session: EchoSession, text: string): string[] {
  const automation = env['ROUSE_AUTOMATION'];
  const woken =
    automation === undefined
      ? 'I was started by hand.'
      : `I was woken for "${automation}": run ${env['ROUSE_RUN_ID'] ?? 'unknown'}, attempt ${env['ROUSE_ATTEMPT'] ?? '1'}, scheduled at ${env['ROUSE_SCHEDULED_AT'] ?? 'no particular time'}.`;
  const continued = session.continued ? ' This session is continued.' : '';
  const echo = text === '' ? [] : ['\n\nYou said: ', text];
  return [`${woken}${continued}`, ...echo];
}
