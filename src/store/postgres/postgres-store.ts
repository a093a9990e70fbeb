/** The store port on a PostgreSQL server: which function answers which step. */
import type { Clock } from '../../clock/clock.ts';
import type { Job } from '../../model/job.ts';
import type { Trigger } from '../../model/trigger.ts';
import { activationOf } from '../rows/activation-row.ts';
import { runOf } from '../rows/run-row.ts';
import type { NodeChannel } from '../node-channel.ts';
import type { Store } from '../store.ts';
import { listActivationRuns, listActivations, listTriggerVerdicts, listVerdicts } from './activation-list.ts';
import { findActivation } from './activation-row.ts';
import { acceptActivations, pruneActivations, settleActivations } from './activation-steps.ts';
import { holdAgent, listAgentHolds, releaseAgent } from './agent-holds.ts';
import { listAutomationChanges } from './automation-changes.ts';
import { getAutomation, listAutomations, listUpcoming } from './automation-list.ts';
import { claimRuns, listAbandoned } from './claiming.ts';
import {
  createCredential,
  exchangeCredential,
  findCredential,
  forgetExpiredCredentials,
  getCredential,
  listCredentials,
  noteCredentialUse,
  revokeCredential,
  rotateCredential,
} from './credentials.ts';
import type { Database } from './database.ts';
import { syncAutomations } from './definition-sync.ts';
import { clearOverlay, createAutomation, deleteAutomation, setOverlay, updateAutomation } from './definitions.ts';
import { delegateRuns } from './delegation.ts';
import { acceptDeliveries, findEndpoint, getDelivery, pruneDeliveries, recordRefusals } from './deliveries.ts';
import { listDeliveries } from './delivery-list.ts';
import {
  answerPermission,
  listPermissionReplies,
  noteDeliveryError,
  openPermission,
  regainSlot,
  reportUsage,
} from './executing-reports.ts';
import { finishRun, renewLeases, startRun } from './executing.ts';
import { readCounts, readFact, writeFact } from './facts.ts';
import { readGathering } from './gathering.ts';
import {
  endHookCall,
  listHookCalls,
  nextHookCallAt,
  planHookCalls,
  pruneHookCalls,
  recordHookCall,
  releaseHookCalls,
  skipHookCalls,
  takeHookCalls,
} from './hook-calls.ts';
import { findInstantRuns } from './instant-runs.ts';
import { listUptimes, noteUptime } from './uptimes.ts';
import { announceNode, forgetNode, leaveNode, listNodes, setNodeDraining } from './nodes.ts';
import { deletePackage, listPackages, putPackage } from './packages.ts';
import { nextWakeAt, planFires, replaceCursors } from './planning.ts';
import { beginRequest, finishRequest, listChangeRecords, pruneChangeRecords } from './requests.ts';
import { pruneRuns, pruneTranscripts } from './retention.ts';
import { acceptRuns } from './run-creation.ts';
import { listRuns, listWaiting } from './run-list.ts';
import { cancelRun, expireRuns, listCancelRequests } from './run-requests.ts';
import { findRun } from './run-row.ts';
import { deleteSecret, getSecret, listSecrets, putSecret, resealSecrets } from './secrets.ts';
import { findContinuedSession, forgetContinuedSession, keepContinuedSession, listSessions } from './session-list.ts';
import { appendTranscript, getSession, readTranscript } from './sessions.ts';
import { readSpending, spendingFreeAt } from './spending.ts';
import { claimTask, endTask, releaseTask, renewTaskLease } from './task-claims.ts';
import { cancelTask, sweepTasks } from './task-endings.ts';
import { createTask, getTask, getTasks, listTasks, pruneTasks } from './task-list.ts';
import { listUsageDays } from './usage-days.ts';
import { deleteWorkspace, findWorkspace, listWorkspaces, putWorkspace } from './workspaces.ts';

export function createPostgresStore(
  database: Database,
  p: { clock: Clock; channel: NodeChannel & { close(): Promise<void> } },
): Store {
  return {
    capabilities: { nodes: 'many' },
    readFact: (q) => readFact(database, q),
    writeFact: (q) => writeFact(database, q),
    readCounts: () => readCounts(database),
    channel: p.channel,
    async close() {
      await p.channel.close();
      await database.close();
    },

    createAutomation: (q) => createAutomation(database, q),
    updateAutomation: (q) => updateAutomation(database, q),
    deleteAutomation: (q) => deleteAutomation(database, q),
    syncAutomations: (q) => syncAutomations(database, q),
    setOverlay: (q) => setOverlay(database, q),
    clearOverlay: (q) => clearOverlay(database, q),
    getJob: ({ id }) => getAutomation<Job>(database, { kind: 'job', id }),
    getTrigger: ({ id }) => getAutomation<Trigger>(database, { kind: 'trigger', id }),
    listJobs: async ({ query }) => listAutomations<Job>(database, { kind: 'job', query }),
    listTriggers: async ({ query }) => listAutomations<Trigger>(database, { kind: 'trigger', query }),
    listUpcoming: (q) => listUpcoming(database, q),

    planFires: (q) => planFires(database, q),
    replaceCursors: (q) => replaceCursors(database, q),
    nextWakeAt: (q) => nextWakeAt(database, q),

    acceptRuns: (q) => acceptRuns(database, q),
    claimRuns: (q) => claimRuns(database, q),
    expireRuns: (q) => expireRuns(database, q),
    startRun: (q) => startRun(database, q),
    finishRun: (q) => finishRun(database, q),
    cancelRun: (q) => cancelRun(database, q),
    listCancelRequests: (q) => listCancelRequests(database, q),
    renewLeases: (q) => renewLeases(database, q),
    listAbandoned: (q) => listAbandoned(database, q),
    async getRun({ id }) {
      const row = await findRun(database, id);
      return row === undefined ? undefined : runOf(row);
    },
    listRuns: async (q) => listRuns(database, q),
    listWaiting: (q) => listWaiting(database, q),

    appendTranscript: (q) => appendTranscript(database, q),
    getSession: (q) => getSession(database, q),
    readTranscript: (q) => readTranscript(database, q),

    listAutomationChanges: (q) => listAutomationChanges(database, q),
    findInstantRuns: (q) => findInstantRuns(database, q),
    readSpending: (q) => readSpending(database, q),
    spendingFreeAt: (q) => spendingFreeAt(database, q),
    listUsageDays: (q) => listUsageDays(database, q),
    holdAgent: (q) => holdAgent(database, q),
    listAgentHolds: (q) => listAgentHolds(database, q),
    releaseAgent: (q) => releaseAgent(database, q),

    reportUsage: (q) => reportUsage(database, q),
    noteDeliveryError: (q) => noteDeliveryError(database, q),
    openPermission: (q) => openPermission(database, q),
    answerPermission: (q) => answerPermission(database, q),
    listPermissionReplies: (q) => listPermissionReplies(database, q),
    regainSlot: (q) => regainSlot(database, q),

    acceptActivations: (q) => acceptActivations(database, q),
    settleActivations: (q) => settleActivations(database, q),
    async getActivation({ id }) {
      const row = await findActivation(database, id);
      return row === undefined ? undefined : activationOf(row);
    },
    listActivations: (q) => listActivations(database, q),
    listVerdicts: (q) => listVerdicts(database, q),
    listTriggerVerdicts: (q) => listTriggerVerdicts(database, q),
    listActivationRuns: (q) => listActivationRuns(database, q),
    readGathering: (q) => database.read((connection) => readGathering(connection, q)),
    pruneActivations: (q) => pruneActivations(database, q),

    delegateRuns: (q) => delegateRuns(database, q),
    createTask: (q) => createTask(database, q),
    claimTask: (q) => claimTask(database, q),
    renewTaskLease: (q) => renewTaskLease(database, q),
    endTask: (q) => endTask(database, q),
    releaseTask: (q) => releaseTask(database, q),
    cancelTask: (q) => cancelTask(database, q),
    sweepTasks: (q) => sweepTasks(database, q),
    getTask: (q) => getTask(database, q),
    getTasks: (q) => getTasks(database, q),
    listTasks: async (q) => listTasks(database, q),
    pruneTasks: (q) => pruneTasks(database, q),

    createCredential: (q) => createCredential(database, q),
    findCredential: (q) => findCredential(database, q),
    getCredential: (q) => getCredential(database, q),
    listCredentials: (q) => listCredentials(database, q),
    exchangeCredential: (q) => exchangeCredential(database, q),
    rotateCredential: (q) => rotateCredential(database, q),
    noteCredentialUse: (q) => noteCredentialUse(database, q),
    revokeCredential: (q) => revokeCredential(database, q),
    forgetExpiredCredentials: (q) => forgetExpiredCredentials(database, q),

    findEndpoint: (q) => findEndpoint(database, q),
    acceptDeliveries: (q) => acceptDeliveries(database, q),
    recordRefusals: (q) => recordRefusals(database, q),
    getDelivery: (q) => getDelivery(database, q),
    listDeliveries: async (q) => listDeliveries(database, q),
    pruneDeliveries: (q) => pruneDeliveries(database, q),

    putSecret: (q) => putSecret(database, q),
    getSecret: (q) => getSecret(database, q),
    listSecrets: () => listSecrets(database),
    deleteSecret: (q) => deleteSecret(database, q),
    resealSecrets: (q) => resealSecrets(database, q),

    listSessions: async (q) => listSessions(database, q),
    findContinuedSession: (q) => findContinuedSession(database, q),
    keepContinuedSession: (q) => keepContinuedSession(database, q),
    forgetContinuedSession: (q) => forgetContinuedSession(database, q),
    pruneTranscripts: (q) => pruneTranscripts(database, q),
    pruneRuns: (q) => pruneRuns(database, q),

    putPackage: (q) => putPackage(database, q),
    listPackages: () => listPackages(database),
    deletePackage: (q) => deletePackage(database, q),
    beginRequest: (q) => beginRequest(database, q),
    finishRequest: (q) => finishRequest(database, q),
    listChangeRecords: async (q) => listChangeRecords(database, q),
    pruneChangeRecords: (q) => pruneChangeRecords(database, q),

    planHookCalls: (q) => planHookCalls(database, q),
    skipHookCalls: () => skipHookCalls(database),
    takeHookCalls: (q) => takeHookCalls(database, q),
    releaseHookCalls: (q) => releaseHookCalls(database, q),
    nextHookCallAt: () => nextHookCallAt(database),
    endHookCall: (q) => endHookCall(database, q),
    recordHookCall: (q) => recordHookCall(database, q),
    listHookCalls: async (q) => listHookCalls(database, q),
    pruneHookCalls: (q) => pruneHookCalls(database, q),

    announceNode: (q) => announceNode(database, p.clock, q),
    leaveNode: (q) => leaveNode(database, q),
    listNodes: () => listNodes(database),
    setNodeDraining: (q) => setNodeDraining(database, q),
    noteUptime: (q) => noteUptime(database, q),
    listUptimes: (q) => listUptimes(database, q),
    forgetNode: (q) => forgetNode(database, q),

    putWorkspace: (q) => putWorkspace(database, q),
    listWorkspaces: () => listWorkspaces(database),
    findWorkspace: (q) => findWorkspace(database, q),
    deleteWorkspace: (q) => deleteWorkspace(database, q),
  };
}
