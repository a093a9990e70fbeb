/**
 * The store port on one SQLite file: which function answers which step. Every body is synchronous, so a step happens
 * in one turn of the event loop; the promise is the port's, for adapters that have to wait.
 */
import type { Job } from '../../model/job.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { Store } from '../store.ts';
import { listActivationRuns, listActivations, listTriggerVerdicts, listVerdicts } from './activation-list.ts';
import { activationOf } from '../rows/activation-row.ts';
import { findActivation } from './activation-row.ts';
import { acceptActivations, pruneActivations, settleActivations } from './activation-steps.ts';
import { holdAgent, listAgentHolds, releaseAgent } from './agent-holds.ts';
import { listAutomationChanges } from './automation-changes.ts';
import { getAutomation, listAutomations, listUpcoming } from './automation-list.ts';
import { claimRuns, listAbandoned } from './claiming.ts';
import type { Connection } from './connection.ts';
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
import { syncAutomations } from './definition-sync.ts';
import { clearOverlay, createAutomation, deleteAutomation, setOverlay, updateAutomation } from './definitions.ts';
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
import { delegateRuns } from './delegation.ts';
import { findInstantRuns } from './instant-runs.ts';
import { readGathering } from './gathering.ts';
import { listUptimes, noteUptime } from './uptimes.ts';
import { announceNode, forgetNode, leaveNode, listNodes, setNodeDraining } from './nodes.ts';
import { nextWakeAt, planFires, replaceCursors } from './planning.ts';
import { acceptRuns } from './run-creation.ts';
import { listRuns, listWaiting } from './run-list.ts';
import { deletePackage, listPackages, putPackage } from './packages.ts';
import { beginRequest, finishRequest, listChangeRecords, pruneChangeRecords } from './requests.ts';
import { cancelRun, expireRuns, listCancelRequests } from './run-requests.ts';
import { runOf } from '../rows/run-row.ts';
import { pruneRuns, pruneTranscripts } from './retention.ts';
import { findContinuedSession, forgetContinuedSession, keepContinuedSession, listSessions } from './session-list.ts';
import { findRun } from './run-row.ts';
import { acceptDeliveries, findEndpoint, getDelivery, pruneDeliveries, recordRefusals } from './deliveries.ts';
import { listDeliveries } from './delivery-list.ts';
import {
  endHookCall,
  listHookCalls,
  nextHookCallAt,
  planHookCalls,
  releaseHookCalls,
  pruneHookCalls,
  recordHookCall,
  skipHookCalls,
  takeHookCalls,
} from './hook-calls.ts';
import { deleteSecret, getSecret, listSecrets, putSecret, resealSecrets } from './secrets.ts';
import { appendTranscript, getSession, readTranscript } from './sessions.ts';
import { readSpending, spendingFreeAt } from './spending.ts';
import { claimTask, endTask, releaseTask, renewTaskLease } from './task-claims.ts';
import { cancelTask, sweepTasks } from './task-endings.ts';
import { createTask, getTask, getTasks, listTasks, pruneTasks } from './task-list.ts';
import { listUsageDays } from './usage-days.ts';
import { deleteWorkspace, findWorkspace, listWorkspaces, putWorkspace } from './workspaces.ts';

export function createSqliteStore(connection: Connection, p: { release: () => void }): Store {
  return {
    capabilities: { nodes: 'one' },
    readFact: async (q) => readFact(connection, q),
    writeFact: async (q) => writeFact(connection, q),
    readCounts: async () => readCounts(connection),
    async close() {
      // The home is given up last: whoever is let in must find the log written back and the file closed.
      await connection.end();
      p.release();
    },

    createAutomation: async (q) => createAutomation(connection, q),
    updateAutomation: async (q) => updateAutomation(connection, q),
    deleteAutomation: async (q) => deleteAutomation(connection, q),
    syncAutomations: async (q) => syncAutomations(connection, q),
    setOverlay: async (q) => setOverlay(connection, q),
    clearOverlay: async (q) => clearOverlay(connection, q),
    getJob: async ({ id }) => getAutomation<Job>(connection, { kind: 'job', id }),
    getTrigger: async ({ id }) => getAutomation<Trigger>(connection, { kind: 'trigger', id }),
    listJobs: async ({ query }) => listAutomations<Job>(connection, { kind: 'job', query }),
    listTriggers: async ({ query }) => listAutomations<Trigger>(connection, { kind: 'trigger', query }),
    listUpcoming: async (q) => listUpcoming(connection, q),

    planFires: async (q) => planFires(connection, q),
    replaceCursors: async (q) => replaceCursors(connection, q),
    nextWakeAt: async (q) => nextWakeAt(connection, q),

    acceptRuns: async (q) => acceptRuns(connection, q),
    claimRuns: async (q) => claimRuns(connection, q),
    expireRuns: async (q) => expireRuns(connection, q),
    startRun: async (q) => startRun(connection, q),
    finishRun: async (q) => finishRun(connection, q),
    cancelRun: async (q) => cancelRun(connection, q),
    listCancelRequests: async (q) => listCancelRequests(connection, q),
    renewLeases: async (q) => renewLeases(connection, q),
    listAbandoned: async (q) => listAbandoned(connection, q),
    async getRun({ id }) {
      const row = findRun(connection, id);
      return row === undefined ? undefined : runOf(row);
    },
    listRuns: async (q) => listRuns(connection, q),
    listWaiting: async (q) => listWaiting(connection, q),

    appendTranscript: async (q) => appendTranscript(connection, q),
    getSession: async (q) => getSession(connection, q),
    readTranscript: async (q) => readTranscript(connection, q),
    listSessions: async (q) => listSessions(connection, q),
    findContinuedSession: async (q) => findContinuedSession(connection, q),
    keepContinuedSession: async (q) => keepContinuedSession(connection, q),
    forgetContinuedSession: async (q) => forgetContinuedSession(connection, q),
    pruneTranscripts: async (q) => pruneTranscripts(connection, q),
    pruneRuns: async (q) => pruneRuns(connection, q),

    listAutomationChanges: async (q) => listAutomationChanges(connection, q),
    findInstantRuns: async (q) => findInstantRuns(connection, q),
    readSpending: async (q) => readSpending(connection, q),
    spendingFreeAt: async (q) => spendingFreeAt(connection, q),
    listUsageDays: async (q) => listUsageDays(connection, q),
    holdAgent: async (q) => holdAgent(connection, q),
    listAgentHolds: async (q) => listAgentHolds(connection, q),
    releaseAgent: async (q) => releaseAgent(connection, q),

    reportUsage: async (q) => reportUsage(connection, q),
    noteDeliveryError: async (q) => noteDeliveryError(connection, q),
    openPermission: async (q) => openPermission(connection, q),
    answerPermission: async (q) => answerPermission(connection, q),
    listPermissionReplies: async (q) => listPermissionReplies(connection, q),
    regainSlot: async (q) => regainSlot(connection, q),

    acceptActivations: async (q) => acceptActivations(connection, q),
    settleActivations: async (q) => settleActivations(connection, q),
    async getActivation({ id }) {
      const row = findActivation(connection, id);
      return row === undefined ? undefined : activationOf(row);
    },
    listActivations: async (q) => listActivations(connection, q),
    listVerdicts: async (q) => listVerdicts(connection, q),
    listTriggerVerdicts: async (q) => listTriggerVerdicts(connection, q),
    listActivationRuns: async (q) => listActivationRuns(connection, q),
    readGathering: async (q) => readGathering(connection, q),
    pruneActivations: async (q) => pruneActivations(connection, q),
    delegateRuns: async (q) => delegateRuns(connection, q),
    createTask: async (q) => createTask(connection, q),
    claimTask: async (q) => claimTask(connection, q),
    renewTaskLease: async (q) => renewTaskLease(connection, q),
    endTask: async (q) => endTask(connection, q),
    releaseTask: async (q) => releaseTask(connection, q),
    cancelTask: async (q) => cancelTask(connection, q),
    sweepTasks: async (q) => sweepTasks(connection, q),
    getTask: async (q) => getTask(connection, q),
    getTasks: async (q) => getTasks(connection, q),
    listTasks: async (q) => listTasks(connection, q),
    pruneTasks: async (q) => pruneTasks(connection, q),

    announceNode: async (q) => announceNode(connection, q),
    leaveNode: async (q) => leaveNode(connection, q),
    listNodes: async () => listNodes(connection),
    setNodeDraining: async (q) => setNodeDraining(connection, q),
    noteUptime: async (q) => noteUptime(connection, q),
    listUptimes: async (q) => listUptimes(connection, q),
    forgetNode: async (q) => forgetNode(connection, q),

    putWorkspace: async (q) => putWorkspace(connection, q),
    listWorkspaces: async () => listWorkspaces(connection),
    findWorkspace: async (q) => findWorkspace(connection, q),
    deleteWorkspace: async (q) => deleteWorkspace(connection, q),

    createCredential: async (q) => createCredential(connection, q),
    findCredential: async (q) => findCredential(connection, q),
    getCredential: async (q) => getCredential(connection, q),
    listCredentials: async (q) => listCredentials(connection, q),
    exchangeCredential: async (q) => exchangeCredential(connection, q),
    rotateCredential: async (q) => rotateCredential(connection, q),
    noteCredentialUse: async (q) => noteCredentialUse(connection, q),
    revokeCredential: async (q) => revokeCredential(connection, q),
    forgetExpiredCredentials: async (q) => forgetExpiredCredentials(connection, q),
    findEndpoint: async (q) => findEndpoint(connection, q),
    acceptDeliveries: async (q) => acceptDeliveries(connection, q),
    recordRefusals: async (q) => recordRefusals(connection, q),
    getDelivery: async (q) => getDelivery(connection, q),
    listDeliveries: async (q) => listDeliveries(connection, q),
    pruneDeliveries: async (q) => pruneDeliveries(connection, q),

    planHookCalls: async (q) => planHookCalls(connection, q),
    skipHookCalls: async () => skipHookCalls(connection),
    takeHookCalls: async (q) => takeHookCalls(connection, q),
    releaseHookCalls: async (q) => releaseHookCalls(connection, q),
    nextHookCallAt: async () => nextHookCallAt(connection),
    endHookCall: async (q) => endHookCall(connection, q),
    recordHookCall: async (q) => recordHookCall(connection, q),
    listHookCalls: async (q) => listHookCalls(connection, q),
    pruneHookCalls: async (q) => pruneHookCalls(connection, q),

    putPackage: async (q) => putPackage(connection, q),
    listPackages: async () => listPackages(connection),
    deletePackage: async (q) => deletePackage(connection, q),
    beginRequest: async (q) => beginRequest(connection, q),
    finishRequest: async (q) => finishRequest(connection, q),
    listChangeRecords: async (q) => listChangeRecords(connection, q),
    pruneChangeRecords: async (q) => pruneChangeRecords(connection, q),
    putSecret: async (q) => putSecret(connection, q),
    getSecret: async (q) => getSecret(connection, q),
    listSecrets: async () => listSecrets(connection),
    deleteSecret: async (q) => deleteSecret(connection, q),
    resealSecrets: async (q) => resealSecrets(connection, q),
  };
}
