/** A definition woken by time. */
import type { EpochMs } from './instant.ts';
import type { AutomationFields, JobSource, OverlapPolicy } from './automation-fields.ts';
import type { JobTaskConfig } from './job-task-config.ts';
import type { ScheduleSpec } from './schedule/schedule-spec.ts';
import type { Scope } from './scope.ts';

export interface Job extends AutomationFields {
  schedule?: ScheduleSpec;
  /** When set, a fire hands the work over as a task instead of prompting an agent. */
  task?: JobTaskConfig;
}

export const DEFAULT_JOB_OVERLAP: OverlapPolicy = 'skip';

export interface JobListQuery {
  scope?: Scope;
  workspace_id?: string;
  source?: JobSource;
  limit?: number;
  cursor?: string;
  /** Part of the name or description, case-insensitive. */
  q?: string;
  tag?: string;
}

/** A runtime switch over a job whose definition lives in a file or a package. */
export interface JobEnabledOverlay {
  job_id: string;
  enabled_override: boolean;
  updated_at: EpochMs;
}
