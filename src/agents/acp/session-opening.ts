/** From a completed handshake to a session that is ready for its prompt: new or continued, in the mode asked for. */
import { methods } from '@agentclientprotocol/sdk';
import type { Clock } from '../../clock/clock.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import type { AgentLink, Reply } from './agent-link.ts';
import { askWithin, refusal, type AgentAbilities } from './handshake.ts';
import { asList, asRecord, asText, asWords, type WireRecord } from '../wire-value.ts';

/** Agents start MCP servers and fetch models here; loading tells a long history again. */
const SESSION_MS_MAX = 120_000;
const SETTING_MS_MAX = 30_000;

export type SessionResult = { sessionId: string; modes: string[]; models: string[] } | { problem: string };

export interface SessionOpening {
  link: AgentLink;
  clock: Clock;
  agent: AgentDefinition;
  /** MCP servers in the protocol's form. */
  servers: readonly unknown[];
  cwd: string;
  abilities: AgentAbilities;
  resumeSessionId: string | undefined;
  notice(text: string): void;
  /** Brackets the time in which an agent tells an old session again. */
  replaying(active: boolean): void;
}

export async function openSession(p: SessionOpening): Promise<SessionResult> {
  const remote = p.servers.map(asRecord).find((server) => server?.['type'] === 'http');
  if (remote !== undefined && !p.abilities.takesHttpServers) {
    return { problem: `The agent takes no MCP servers over HTTP, and "${asText(remote['name'])}" is one.` };
  }
  const opened =
    (p.resumeSessionId === undefined ? undefined : await continueSession(p, p.resumeSessionId)) ??
    (await newSession(p));
  if ('problem' in opened) return opened;
  const problem = (await setMode(p, opened)) ?? (await setModel(p, opened));
  return problem === undefined ? { sessionId: opened.sessionId, ...offeredBy(opened.offer) } : { problem };
}

/** The agent's answer to the opening: what can be chosen stands in it. */
interface OpenedSession {
  sessionId: string;
  offer: WireRecord;
}

/** What can be chosen, by either way of saying it. */
function offeredBy(offer: WireRecord): { modes: string[]; models: string[] } {
  const options = (category: string): string[] =>
    asList(offer['configOptions'])
      .map(asRecord)
      .filter((option) => option?.['category'] === category || option?.['id'] === category)
      .flatMap((option) => optionValues(option?.['options']));
  const modes = ids(asRecord(offer['modes'])?.['availableModes'], 'id');
  const models = ids(asRecord(offer['models'])?.['availableModels'], 'modelId');
  return {
    modes: [...new Set([...modes, ...options('mode')])],
    models: [...new Set([...models, ...options('model')])],
  };
}

/** Undefined where a new session should be opened instead, after a notice that says why. */
async function continueSession(
  p: SessionOpening,
  sessionId: string,
): Promise<OpenedSession | { problem: string } | undefined> {
  const method = p.abilities.canResume
    ? methods.agent.session.resume
    : p.abilities.canLoad
      ? methods.agent.session.load
      : undefined;
  if (method === undefined) {
    p.notice('The agent cannot continue an earlier session; a new one was opened.');
    return undefined;
  }
  p.replaying(true);
  const reply = await askForSession(p, method, { sessionId });
  p.replaying(false);
  if (reply?.kind === 'result') return { sessionId, offer: asRecord(reply.result) ?? {} };
  if (reply?.kind !== 'error') return { problem: await sessionProblem(p, reply) };
  p.notice(`The session ${sessionId} could not be continued (${reply.error.message}); a new one was opened.`);
  return undefined;
}

async function newSession(p: SessionOpening): Promise<OpenedSession | { problem: string }> {
  const reply = await askForSession(p, methods.agent.session.new, {});
  if (reply?.kind !== 'result') return { problem: await sessionProblem(p, reply) };
  const offer = asRecord(reply.result) ?? {};
  const sessionId = asWords(offer['sessionId']);
  return sessionId === undefined
    ? { problem: 'The agent opened a session without an identity.' }
    : { sessionId, offer };
}

function askForSession(p: SessionOpening, method: string, more: object): Promise<Reply | undefined> {
  const params = { cwd: p.cwd, mcpServers: p.servers, ...more };
  return askWithin({ link: p.link, clock: p.clock, limitMs: SESSION_MS_MAX, method, params });
}

async function sessionProblem(p: SessionOpening, reply: Reply | undefined): Promise<string> {
  if (reply?.kind === 'error') return refusal('to open a session', reply.error, p.abilities.authMethods);
  if (reply?.kind === 'lost') return p.link.lossWords('while it opened a session');
  return `The agent did not open a session within ${SESSION_MS_MAX / 1000} s.`;
}

/**
 * A mode or model that was asked for and is not offered ends the start: another mode may be allowed to do more, and
 * another model may cost more, than anybody wanted.
 */
async function setMode(p: SessionOpening, opened: OpenedSession): Promise<string | undefined> {
  const wanted = p.agent.mode;
  if (wanted === '') return undefined;
  const modes = asRecord(opened.offer['modes']);
  const offered = ids(modes?.['availableModes'], 'id');
  if (offered.includes(wanted)) {
    if (modes?.['currentModeId'] === wanted) return undefined;
    return setting(p, methods.agent.session.setMode, { sessionId: opened.sessionId, modeId: wanted });
  }
  return setOption(p, opened, { category: 'mode', wanted, offered });
}

async function setModel(p: SessionOpening, opened: OpenedSession): Promise<string | undefined> {
  const wanted = p.agent.model;
  if (wanted === '') return undefined;
  // Agents older than configuration options offer models beside the modes, and a method of their own.
  const models = asRecord(opened.offer['models']);
  const offered = ids(models?.['availableModels'], 'modelId');
  if (offered.includes(wanted)) {
    if (models?.['currentModelId'] === wanted) return undefined;
    return setting(p, 'session/set_model', { sessionId: opened.sessionId, modelId: wanted });
  }
  return setOption(p, opened, { category: 'model', wanted, offered });
}

async function setOption(
  p: SessionOpening,
  opened: OpenedSession,
  wish: { category: 'mode' | 'model'; wanted: string; offered: string[] },
): Promise<string | undefined> {
  const options = asList(opened.offer['configOptions'])
    .map(asRecord)
    .filter((option) => option?.['category'] === wish.category || option?.['id'] === wish.category);
  for (const option of options) {
    const values = optionValues(option?.['options']);
    if (!values.includes(wish.wanted)) {
      wish.offered.push(...values);
      continue;
    }
    if (option?.['currentValue'] === wish.wanted) return undefined;
    return setting(p, methods.agent.session.setConfigOption, {
      sessionId: opened.sessionId,
      configId: option?.['id'],
      value: wish.wanted,
    });
  }
  const offer = wish.offered.length === 0 ? 'none' : wish.offered.slice(0, 50).join(', ');
  return `The agent does not offer the ${wish.category} "${wish.wanted}" (it offers: ${offer}).`;
}

/** Undefined when it is set. */
async function setting(p: SessionOpening, method: string, params: unknown): Promise<string | undefined> {
  const reply = await askWithin({ link: p.link, clock: p.clock, limitMs: SETTING_MS_MAX, method, params });
  switch (reply?.kind) {
    case 'result':
      return undefined;
    case 'error':
      return refusal(`${method}`, reply.error, p.abilities.authMethods);
    case 'lost':
      return p.link.lossWords('while its session was being set up');
    default:
      return `The agent did not answer ${method} within ${SETTING_MS_MAX / 1000} s.`;
  }
}

function ids(list: unknown, name: string): string[] {
  return asList(list)
    .map((item) => asText(asRecord(item)?.[name]))
    .filter((id) => id !== undefined);
}

/** Values stand in the list itself, or in groups of it. */
function optionValues(options: unknown): string[] {
  return asList(options).flatMap((item) => {
    const option = asRecord(item);
    const value = asText(option?.['value']);
    return value === undefined ? ids(option?.['options'], 'value') : [value];
  });
}
