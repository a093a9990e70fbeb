/** The public entry `rouse/client`: talk to a daemon from Node or a browser. */
export { ApiError } from './api-error.ts';
export {
  type ApiAgent,
  type ApiBackfill,
  type ApiConfigProblem,
  type ApiExplanation,
  type ApiFire,
  type ApiHappening,
  type ApiJob,
  type ApiOwnSession,
  type ApiPauseState,
  type ApiRun,
  type ApiSchedulePreview,
  type ApiSession,
  type ApiSignInLink,
  type ApiSimulation,
  type ApiStatus,
  type ApiTimeline,
  type ApiTranscriptEntry,
  type ApiUpcomingFire,
  type ApiUsage,
  type ApiWorkspace,
  type Client,
  type ConditionalOptions,
  createClient,
  type FollowedEvent,
  type FollowOptions,
  type JobWithEtag,
  type PermissionAnswer,
} from './client.ts';
export type { CallOptions, ClientOptions } from './caller.ts';
export type { Pause, ResumeOptions } from './resumed-events.ts';
