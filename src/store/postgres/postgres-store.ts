/** The store port on a PostgreSQL server: which function answers which step. */
import type { Job } from '../../model/job.ts';
import type { Trigger } from '../../model/trigger.ts';
import { runOf } from '../rows/run-row.ts';
import type { Store } from '../store.ts';
import { holdAgent, listAgentHolds, releaseAgent } from './agent-holds.ts';
import { listAutomationChanges } from './automation-changes.ts';
import { getAutomation, listAutomations, listUpcoming } from './automation-list.ts';
import { claimRuns, listAbandoned } from './claiming.ts';
import type { Database } from './database.ts';
import { syncAutomations } from './definition-sync.ts';
import { clearOverlay, createAutomation, deleteAutomation, setOverlay, updateAutomation } from './definitions.ts';
import { noteDeliveryError, openPermission, regainSlot, reportUsage } from './executing-reports.ts';
import { finishRun, renewLeases, startRun } from './executing.ts';
import { readCounts, readFact, writeFact } from './facts.ts';
import { findInstantRuns } from './instant-runs.ts';
import { refuseMissingSteps } from './missing-steps.ts';
import { nextWakeAt, planFires, replaceCursors } from './planning.ts';
import { acceptRuns } from './run-creation.ts';
import { listRuns, listWaiting } from './run-list.ts';
import { cancelRun, expireRuns, listCancelRequests } from './run-requests.ts';
import { findRun } from './run-row.ts';
import { appendTranscript, getSession, readTranscript } from './sessions.ts';
import { readSpending, spendingFreeAt } from './spending.ts';
import { listUsageDays } from './usage-days.ts';
import { deleteWorkspace, findWorkspace, listWorkspaces, putWorkspace } from './workspaces.ts';

export function createPostgresStore(database: Database): Store {
  return refuseMissingSteps({
    capabilities: { nodes: 'many' },
    readFact: (q) => readFact(database, q),
    writeFact: (q) => writeFact(database, q),
    readCounts: () => readCounts(database),
    close: () => database.close(),

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
    regainSlot: (q) => regainSlot(database, q),

    putWorkspace: (q) => putWorkspace(database, q),
    listWorkspaces: () => listWorkspaces(database),
    findWorkspace: (q) => findWorkspace(database, q),
    deleteWorkspace: (q) => deleteWorkspace(database, q),
  });
}
