/** The first question to an agent: which protocol it speaks and what it can. */
import { methods, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';
import { delay, type Clock } from '../../clock/clock.ts';
import type { AgentLink, Reply, RpcError } from './agent-link.ts';
import { asList, asRecord, asWords, type WireRecord } from '../wire-value.ts';

/** The slowest agent that was seen took 1.4 s; a cold disk and a busy machine may add a lot. */
export const HANDSHAKE_MS_MAX = 30_000;

export interface AgentAbilities {
  /** Name and version, as the agent tells them. */
  version: string | undefined;
  canLoad: boolean;
  canResume: boolean;
  /** Whether it takes MCP servers that are reached by HTTP; those it starts itself it must always take. */
  takesHttpServers: boolean;
  /** The ways to log in that it names. */
  authMethods: string[];
}

export type HandshakeResult = { abilities: AgentAbilities } | { problem: string };

export async function shakeHands(p: {
  link: AgentLink;
  clock: Clock;
  /** Whether files and terminals of the working folder are offered. */
  offering: boolean;
}): Promise<HandshakeResult> {
  const reply = await askWithin({
    ...p,
    limitMs: HANDSHAKE_MS_MAX,
    method: methods.agent.initialize,
    params: {
      protocolVersion: PROTOCOL_VERSION,
      clientInfo: { name: 'rouse', title: 'Rouse', version: '0' },
      clientCapabilities: {
        fs: { readTextFile: p.offering, writeTextFile: p.offering },
        terminal: p.offering,
      },
    },
  });
  if (reply === undefined) {
    return {
      problem: `The agent did not answer the handshake within ${HANDSHAKE_MS_MAX / 1000} s; is it an ACP agent?`,
    };
  }
  switch (reply.kind) {
    case 'lost':
      return { problem: await p.link.lossWords('before the handshake was complete') };
    case 'error':
      return { problem: refusal('the handshake', reply.error, []) };
    case 'result':
      return readAbilities(reply.result);
  }
}

function readAbilities(result: unknown): HandshakeResult {
  const answer = asRecord(result);
  const version = answer?.['protocolVersion'];
  if (version !== PROTOCOL_VERSION) {
    const spoken =
      typeof version === 'number' || typeof version === 'string' ? `version ${version}` : 'no version at all';
    return {
      problem: `The agent speaks ${spoken} of the Agent Client Protocol, Rouse speaks version ${PROTOCOL_VERSION}.`,
    };
  }
  const abilities = asRecord(answer?.['agentCapabilities']);
  const info = asRecord(answer?.['agentInfo']);
  const name = [asWords(info?.['name']), asWords(info?.['version'])].filter((word) => word !== undefined).join(' ');
  return {
    abilities: {
      version: name === '' ? undefined : name,
      canLoad: abilities?.['loadSession'] === true,
      canResume: asRecord(asRecord(abilities?.['sessionCapabilities'])?.['resume']) !== undefined,
      takesHttpServers: asRecord(abilities?.['mcpCapabilities'])?.['http'] === true,
      authMethods: asList(answer?.['authMethods'])
        .slice(0, 10)
        .map((method) => authMethodWords(asRecord(method)))
        .filter((words) => words !== ''),
    },
  };
}

function authMethodWords(method: WireRecord | undefined): string {
  const name = asWords(method?.['name']) ?? asWords(method?.['id']) ?? '';
  const description = asWords(method?.['description']);
  return description === undefined ? name : `${name} (${description})`;
}

/** Undefined when the limit passed first. */
export async function askWithin(p: {
  link: AgentLink;
  clock: Clock;
  limitMs: number;
  method: string;
  params: unknown;
}): Promise<Reply | undefined> {
  const enough = new AbortController();
  const reply = await Promise.race([
    p.link.ask(p.method, p.params),
    delay(p.clock, p.limitMs, enough.signal).then(() => undefined),
  ]);
  enough.abort();
  return reply;
}

/** `auth_required` of the protocol; agents use the same code for other things, so the words must agree. */
const AUTH_REQUIRED = -32000;
const SPEAKS_OF_LOGIN = /auth|log.?in|sign.?in|credential|api.?key/i;

/** What an agent's error says, and what to do where we know. */
export function refusal(what: string, error: RpcError, authMethods: readonly string[]): string {
  if (error.code === AUTH_REQUIRED && SPEAKS_OF_LOGIN.test(error.message)) {
    const ways = authMethods.length === 0 ? '' : ` It offers: ${authMethods.join('; ')}.`;
    return `The agent asks for a login (${error.message}): log in once with the agent's own CLI, as the user that runs Rouse, or give it a key in \`env\`.${ways}`;
  }
  return `The agent refused ${what}: ${error.message} (code ${error.code}).`;
}
