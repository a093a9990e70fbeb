/** The 946 verdicts of the reference system's validators, and the path of the first thing each complains about. */
import { test } from 'vitest';
import type { Problem } from '../../src/model/problem.ts';
import {
  validateActivationEnvelope,
  validateActivationSource,
  validateCatchUpPolicy,
  validateFireLimitConfig,
  validateJob,
  validateJobSource,
  validateJobTaskConfig,
  validateNetworkChannel,
  validateOwnerKind,
  validateOwnership,
  validateRetryConfig,
  validateRetryStrategy,
  validateRun,
  validateRunStatus,
  validateScheduleMode,
  validateScheduleSpec,
  validateSchedulerClaim,
  validateSchedulerState,
  validateScope,
  validateScopeBinding,
  validateSecretRef,
  validateTrigger,
  validateTriggerFilter,
} from '../../src/model/index.ts';
import { ConformanceReport, loadVectors } from './report.ts';

interface Case {
  readonly id: string;
  readonly group: string;
  readonly type: string;
  readonly path: string;
  readonly input: unknown;
  readonly ok: boolean;
  readonly stage?: 'decode' | 'validate';
  readonly error_path?: string;
  readonly error_path_any_of?: readonly string[];
  readonly ours?: {
    readonly reason?: string;
    readonly skip?: boolean;
    readonly ok?: boolean;
    readonly error_path?: string;
  };
}

/**
 * Where Rouse deliberately differs from a vector although the vectors do not say so, by id, with the reason.
 * None at present: `file:` references, which the reference refuses for webhook secrets, Rouse refuses there as well
 * (docs/decisions/0007), and everything that Rouse checks beyond the reference is about fields that it does not have.
 */
const deliberateDifferences: ReadonlyMap<string, string> = new Map();

const validators: Readonly<Record<string, (input: unknown, path: string) => Problem[]>> = {
  job: validateJob,
  trigger: validateTrigger,
  run: validateRun,
  scheduler_state: validateSchedulerState,
  scheduler_claim: validateSchedulerClaim,
  schedule_spec: validateScheduleSpec,
  retry_config: validateRetryConfig,
  fire_limit_config: validateFireLimitConfig,
  activation_envelope: validateActivationEnvelope,
  job_task_config: validateJobTaskConfig,
  ownership: validateOwnership,
  trigger_filter: validateTriggerFilter,
  secret_ref: validateSecretRef,
  network_channel: validateNetworkChannel,
  scope: validateScope,
  job_source: validateJobSource,
  run_status: validateRunStatus,
  schedule_mode: validateScheduleMode,
  retry_strategy: validateRetryStrategy,
  activation_source: validateActivationSource,
  catch_up_policy: validateCatchUpPolicy,
  owner_kind: validateOwnerKind,
  scope_binding: (input, path) => {
    const { scope, workspace_binding, workspace_field } = input as Record<string, string>;
    return validateScopeBinding(scope, workspace_binding, path, workspace_field ?? '');
  },
};

/** The paths of which the first problem must name one; undefined where the vectors do not say. */
function expectedPaths(vector: Case): readonly string[] | undefined {
  const { ours } = vector;
  if (ours?.error_path !== undefined) return [ours.error_path];
  // With a verdict of our own, the observed path is about something else; a decoder has no path worth comparing.
  if (ours?.ok !== undefined || vector.stage === 'decode' || vector.group === 'decode') return undefined;
  if (vector.error_path_any_of !== undefined) return vector.error_path_any_of;
  return vector.error_path === undefined ? undefined : [vector.error_path];
}

function difference(vector: Case, problems: readonly Problem[]): string | undefined {
  const ok = vector.ours?.ok ?? vector.ok;
  const found = problems.map((problem) => `${problem.path}: ${problem.message}`).join(' | ');
  const input = JSON.stringify(vector.input);
  if (ok !== (problems.length === 0))
    return `${input} should be ${ok ? 'valid' : 'refused'}; found: ${found || 'nothing'}`;
  const paths = ok ? undefined : expectedPaths(vector);
  const first = problems[0]?.path ?? '';
  if (paths === undefined || paths.includes(first)) return undefined;
  return `${input} should be refused at ${paths.join(' or ')}; found: ${found}`;
}

test('the validators answer as the reference does', () => {
  const report = new ConformanceReport('model');
  let paths = 0;
  for (const vector of loadVectors<Case>('model.json')) {
    const deliberate = deliberateDifferences.get(vector.id);
    if (vector.ours?.skip === true || deliberate !== undefined) {
      report.skip(deliberate ?? vector.ours?.reason ?? 'unspecified');
      continue;
    }
    const validate = validators[vector.type];
    if (validate === undefined) {
      report.fail(vector.id, `there is no validator for the type ${vector.type}`);
      continue;
    }
    const wrong = difference(vector, validate(vector.input, vector.path));
    if (wrong !== undefined) report.fail(vector.id, wrong);
    else {
      report.pass();
      if (!(vector.ours?.ok ?? vector.ok) && expectedPaths(vector) !== undefined) paths += 1;
    }
  }
  process.stdout.write(`conformance model: the path of the first problem was compared in ${paths} cases\n`);
  report.finish();
});
