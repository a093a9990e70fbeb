/**
 * Every route by the name of its operation: method and path below `/api`, and nothing else, so that the client can use
 * the table in a browser without loading the schema library. What travels over each is in operations.ts.
 */
export const ROUTES = {
  listJobs: 'GET /automation/jobs',
  createJob: 'POST /automation/jobs',
  getJob: 'GET /automation/jobs/{id}',
  updateJob: 'PATCH /automation/jobs/{id}',
  deleteJob: 'DELETE /automation/jobs/{id}',
  triggerJob: 'POST /automation/jobs/{id}/trigger',
  backfillJob: 'POST /automation/jobs/{id}/backfill',
  explainJob: 'GET /automation/jobs/{id}/explain',
  listJobRuns: 'GET /automation/jobs/{id}/runs',
  listJobFires: 'GET /automation/jobs/{id}/fires',
  setJobOverlay: 'PUT /automation/jobs/{id}/overlay',
  clearJobOverlay: 'DELETE /automation/jobs/{id}/overlay',
  previewSchedule: 'POST /automation/schedule/preview',
  listNextFires: 'GET /automation/next',
  simulateJobs: 'GET /automation/simulate',
  readTimeline: 'GET /automation/timeline',
  listRuns: 'GET /automation/runs',
  getRun: 'GET /automation/runs/{id}',
  cancelRun: 'POST /automation/runs/{id}/cancel',
  retryRun: 'POST /automation/runs/{id}/retry',
  answerPermission: 'POST /automation/runs/{id}/permission',
  readTranscript: 'GET /automation/runs/{id}/transcript',
  readUsage: 'GET /usage',
  listAgents: 'GET /agents',
  releaseAgent: 'POST /agents/{name}/release',
  listWorkspaces: 'GET /workspaces',
  registerWorkspace: 'POST /workspaces',
  getSession: 'GET /sessions/{id}',
  listSecrets: 'GET /secrets',
  setSecret: 'PUT /secrets/{name}',
  removeSecret: 'DELETE /secrets/{name}',
  rotateSecretKey: 'POST /secrets/rotate-key',
  listConfigProblems: 'GET /config/problems',
  pauseAutomation: 'POST /automation/pause',
  resumeAutomation: 'POST /automation/resume',
  getStatus: 'GET /status',
  streamHappenings: 'GET /stream',
  readOwnSession: 'GET /session',
  signIn: 'POST /session',
  signOut: 'DELETE /session',
  createSignInLink: 'POST /session/links',
  getHealth: 'GET /healthz',
  getReadiness: 'GET /readyz',
  getMetrics: 'GET /metrics',
  getOpenApi: 'GET /openapi.json',
  getDocs: 'GET /docs',
} as const;

export type OperationName = keyof typeof ROUTES;

/** All paths of {@link ROUTES} stand below this. */
export const API_BASE = '/api';
