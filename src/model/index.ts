/**
 * `rouse/model`: the domain model for other programs. Types, validators, templates, durations, instants and schedules,
 * with no I/O in any of them. What is exported here is public: names are added, not changed.
 */
import '../clock/temporal.ts';

export type { ActivationEnvelope, ActivationSource } from './activation-envelope.ts';
export { ACTIVATION_SOURCES } from './activation-envelope.ts';
export type { Automation } from './automation.ts';
export type {
  AutomationFields,
  BudgetConfig,
  JobSource,
  OverlapPolicy,
  SessionConfig,
  SessionMode,
  SuccessConfig,
  SuccessOutput,
} from './automation-fields.ts';
export { isTrigger } from './automation.ts';
export {
  DEFAULT_BUDGET_WINDOW,
  DEFAULT_MAX_CONCURRENT_JOBS,
  DEFAULT_PAUSE_AFTER_FAILURES,
  DEFAULT_TIMEOUT,
  DEFAULT_TIMEZONE,
  JOB_SOURCES,
  OVERLAP_POLICIES,
  SESSION_MODES,
  SUCCESS_OUTPUTS,
} from './automation-fields.ts';
export type { Completion, DefinitionContext, DefinitionDefaults } from './definition.ts';
export { automationToWire, completeJob, completeTrigger } from './definition.ts';
export type { DurationResult } from './duration.ts';
export { formatDuration, parseDuration } from './duration.ts';
export type { FilterMismatch, TriggerFilter } from './filter.ts';
export { firstFilterMismatch, matchesFilter, validateTriggerFilter } from './filter.ts';
export type { FireLimitConfig } from './fire-limit-config.ts';
export { defaultFireLimitConfig } from './fire-limit-config.ts';
export type { DefinitionIdentity, IdKind } from './identifiers.ts';
export {
  eventFireIdFor,
  fireIdFor,
  ID_PREFIXES,
  jobIdFor,
  runIdFor,
  sortableId,
  taskIdFor,
  taskRunIdFor,
  triggerIdFor,
  webhookFireIdFor,
  webhookIdFor,
  workspaceIdFor,
} from './identifiers.ts';
export type { EpochMs, InstantResult } from './instant.ts';
export { formatInstant, parseInstant } from './instant.ts';
export type { Job, JobEnabledOverlay, JobListQuery } from './job.ts';
export { DEFAULT_JOB_OVERLAP } from './job.ts';
export type { JobTaskConfig, Ownership, OwnerKind } from './job-task-config.ts';
export { OWNER_KINDS } from './job-task-config.ts';
export type { Problem, ProblemCode } from './problem.ts';
export type { RetryConfig, RetryStrategy } from './retry-config.ts';
export { DEFAULT_MAX_DELAY, defaultBackoffRetryConfig, defaultRetryConfig, RETRY_STRATEGIES } from './retry-config.ts';
export type { MissedRange, Run, RunKind, RunQuery, RunReason, RunStatus, RunUsage } from './run.ts';
export { isFinished, isRunTransition, RUN_KINDS, RUN_REASONS, RUN_STATUSES } from './run.ts';
export { nextFires } from './schedule/next-fires.ts';
export type {
  CatchUpPolicy,
  CatchUpPolicy as SchedulerCatchUpPolicy,
  DstGap,
  DstOverlap,
  DstRule,
  ScheduleMode,
  ScheduleSpec,
} from './schedule/schedule-spec.ts';
export {
  CATCH_UP_POLICIES,
  DEFAULT_CATCH_UP_MAX,
  DEFAULT_CATCH_UP_POLICY,
  DEFAULT_MISFIRE_GRACE_SECONDS,
  DST_GAPS,
  DST_OVERLAPS,
  SCHEDULE_MODES,
} from './schedule/schedule-spec.ts';
export type { SchedulerClaim, SchedulerClaimResult, SchedulerState } from './scheduler-state.ts';
export type { Scope } from './scope.ts';
export { SCOPES } from './scope.ts';
export type { Task, TaskListQuery, TaskRun, TaskStatus } from './task.ts';
export { isTaskOpen, TASK_STATUSES } from './task.ts';
export type { PromptTemplate, PromptTemplateResult, RenderResult } from './template/prompt-template.ts';
export { parseTriggerPromptTemplate, validateTriggerPromptTemplate } from './template/prompt-template.ts';
export type {
  CoalesceConfig,
  TimestampedSchemeConfig,
  Trigger,
  TriggerEnabledOverlay,
  TriggerListQuery,
  WebhookSchemeName,
} from './trigger.ts';
export {
  DEFAULT_TRIGGER_OVERLAP,
  DEFAULT_WEBHOOK_SCHEME,
  WEBHOOK_EVENT,
  WEBHOOK_ID_PREFIX,
  WEBHOOK_SCHEMES,
} from './trigger.ts';
export type { Validator } from './validation/validator.ts';
export { validateActivationEnvelope } from './validation/envelope.ts';
export { validateFireLimitConfig } from './validation/fire-limit.ts';
export { validateJob } from './validation/job.ts';
export { validateRetryConfig } from './validation/retry.ts';
export { validateRun } from './validation/run.ts';
export { validateScheduleSpec } from './validation/schedule.ts';
export { validateSchedulerClaim, validateSchedulerState } from './validation/scheduler.ts';
export { validateScopeBinding } from './validation/scope-binding.ts';
export { validateSecretRef } from './validation/secret-ref.ts';
export {
  validateActivationSource,
  validateCatchUpPolicy,
  validateJobSource,
  validateOwnerKind,
  validateRetryStrategy,
  validateRunStatus,
  validateScheduleMode,
  validateScope,
} from './validation/single-values.ts';
export { validateJobTaskConfig, validateNetworkChannel, validateOwnership } from './validation/task.ts';
export { validateTrigger } from './validation/trigger.ts';
export type { Workspace } from './workspace.ts';
