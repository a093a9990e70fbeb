import { expect, test } from 'vitest';
import { ROUTES } from '../api/contract/route-table.ts';
import { TOOLS } from './tool-table.ts';

/** Operations that agents are not offered, each for a reason. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  setJobOverlay: 'jobs_enable and jobs_disable choose between switch and definition',
  clearJobOverlay: 'a person laid the switch, a person takes it away',
  setTriggerOverlay: 'triggers_enable and triggers_disable',
  clearTriggerOverlay: 'as for jobs',
  sendWebhook: 'a test of a person’s own set-up; agents send events',
  getDelivery: 'the body of a delivery is untrusted text from outside',
  releaseAgent: 'money: a person decides that an exhausted account is tried again',
  registerWorkspace: 'trust in a folder is a person’s decision',
  updateWorkspace: 'trust in a folder is a person’s decision',
  removeWorkspace: 'which folders take part is a person’s decision',
  addPackage: 'other people’s definitions are let in by a person',
  removePackage: 'other people’s definitions are let in by a person',
  listChanges: 'who changed what is for the owner to look at',
  testHook: 'it runs a command that a person wrote for other moments',
  listSecrets: 'secrets are a person’s business',
  setSecret: 'a value would pass through a model',
  removeSecret: 'secrets are a person’s business',
  rotateSecretKey: 'secrets are a person’s business',
  drainNode: 'which machines work is a person’s decision',
  undrainNode: 'which machines work is a person’s decision',
  removeNode: 'which machines work is a person’s decision',
  pauseAutomation: 'the emergency brake belongs to a person',
  resumeAutomation: 'the emergency brake belongs to a person',
  streamHappenings: 'a tool answers once',
  readOwnSession: 'sign-in of the page',
  signIn: 'sign-in of the page',
  signOut: 'sign-in of the page',
  createSignInLink: 'it would let an agent act as a person',
  listTokens: 'what agents may do is not theirs to decide',
  createToken: 'what agents may do is not theirs to decide',
  rotateToken: 'what agents may do is not theirs to decide',
  revokeToken: 'what agents may do is not theirs to decide',
  getHealth: 'a probe',
  getReadiness: 'a probe',
  getMetrics: 'for a scraper',
  getOpenApi: 'the tools carry their schemas',
  getDocs: 'a page for people',
};

test('every operation is a tool, or is left out for a reason', () => {
  const offered = TOOLS.flatMap((tool) => ('operation' in tool ? [tool.operation as string] : []));
  const missing = Object.keys(ROUTES).filter((name) => !offered.includes(name) && NOT_OFFERED[name] === undefined);
  expect(missing, 'add a line to tool-table.ts, or a reason here').toEqual([]);
  const both = Object.keys(NOT_OFFERED).filter((name) => offered.includes(name) || !Object.hasOwn(ROUTES, name));
  expect(both, 'offered after all, or no operation any more').toEqual([]);
});

test('names are unique, and nouns and verbs of the command line', () => {
  const names = TOOLS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z]+(_[a-z]+)?$/u.test(name))).toEqual([]);
});
