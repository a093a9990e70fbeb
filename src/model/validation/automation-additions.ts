/** The policies that Rouse adds to jobs and triggers alike; none of them exists in the reference system. */
import { NODE_LABEL, NODE_LABELS_MAX } from '../node.ts';
import { isBlank } from '../../lib/go-text.ts';
import {
  type AutomationFields,
  type BudgetConfig,
  OVERLAP_POLICIES,
  SESSION_MODES,
  type SessionConfig,
  SUCCESS_OUTPUTS,
  type SuccessConfig,
} from '../automation-fields.ts';
import { indexPath } from '../field-path.ts';
import { compileSuccessPattern, SUCCESS_PATTERN_LENGTH_MAX } from '../success-pattern.ts';
import type { Fields } from './fields.ts';
import { valueKind } from './value-kind.ts';

/** What every automation has, for the checks of unknown fields. */
export const automationFields = {
  id: true,
  scope: true,
  name: true,
  agent_name: true,
  workspace_id: true,
  node_labels: true,
  prompt: true,
  enabled: true,
  retry: true,
  fire_limit: true,
  source: true,
  created_at: true,
  updated_at: true,
  overlap: true,
  timeout: true,
  queue_timeout: true,
  priority: true,
  budget: true,
  session: true,
  success: true,
  pause_after_failures: true,
  tags: true,
  description: true,
} satisfies Record<keyof AutomationFields, true>;

const budgetFields = Object.keys({
  run_tokens: true,
  run_cost_usd: true,
  tokens: true,
  cost_usd: true,
  window: true,
} satisfies Record<keyof BudgetConfig, true>);

const sessionFields = Object.keys({
  mode: true,
  max_turns: true,
  max_tokens: true,
  max_age: true,
} satisfies Record<keyof SessionConfig, true>);

const successFields = Object.keys({
  exit_codes: true,
  output: true,
  pattern: true,
  file: true,
} satisfies Record<keyof SuccessConfig, true>);

/** Bounds of what is only there to find things again. */
const TAGS_MAX = 32;
const TAG_LENGTH_MAX = 64;
const DESCRIPTION_LENGTH_MAX = 4096;
const filePathLengthMax = 1024;
const exitCodesMax = 256;
/** Databases keep priorities and counts in 32 bits. */
const int32Max = 2_147_483_647;

function checkBudget(budget: Fields): void {
  budget.integerWithin('run_tokens', { min: 0 });
  budget.amount('run_cost_usd');
  budget.integerWithin('tokens', { min: 0 });
  budget.amount('cost_usd');
  budget.optionalDuration('window', { least: 'positive' });
  budget.refuseUnknown(budgetFields);
}

function checkSession(session: Fields): void {
  session.optionalOneOf('mode', { known: SESSION_MODES, noun: 'session mode' });
  session.integerWithin('max_turns', { min: 0 });
  session.integerWithin('max_tokens', { min: 0 });
  session.optionalDuration('max_age', { least: 'zero', zeroMeans: '0 means no bound' });
  session.refuseUnknown(sessionFields);
}

function checkExitCodes(success: Fields): void {
  const codes = success.list('exit_codes');
  if (codes === undefined) return;
  if (codes.length === 0 || codes.length > exitCodesMax) {
    const message = `Name 1 to ${exitCodesMax} exit codes, or leave the field out: then 0 is success.`;
    success.report('exit_codes', { code: 'out_of_range', message });
  }
  for (const [index, code] of codes.slice(0, exitCodesMax).entries()) {
    if (Number.isInteger(code) && (code as number) >= 0 && (code as number) <= 255) continue;
    const field = indexPath({ path: 'exit_codes', index });
    success.report(field, {
      code: 'out_of_range',
      message: 'An exit code is a whole number from 0 to 255.',
      value: code,
    });
  }
}

function checkPattern(success: Fields): void {
  const pattern = success.text('pattern');
  if (pattern === undefined || pattern === '') return;
  if (pattern.length > SUCCESS_PATTERN_LENGTH_MAX) {
    const message = `A pattern has at most ${SUCCESS_PATTERN_LENGTH_MAX} characters.`;
    return success.report('pattern', { code: 'out_of_range', message, value: pattern });
  }
  const compiled = compileSuccessPattern(pattern);
  if (compiled.ok) return;
  const message = `This is not a regular expression: ${compiled.reason}.`;
  success.report('pattern', { code: 'invalid_format', message, value: pattern });
}

/** The file must be inside the working folder, or success would depend on things no agent of this run made. */
function checkFile(success: Fields): void {
  const file = success.text('file');
  if (file === undefined || isBlank(file)) return;
  const refuse = (message: string): void => success.report('file', { code: 'invalid_format', message, value: file });
  if (file.length > filePathLengthMax) return refuse(`A path has at most ${filePathLengthMax} characters here.`);
  if (file.includes('\0')) return refuse('A path cannot hold a NUL character.');
  if (/^(?:[\\/]|[A-Za-z]:)/.test(file) || file.startsWith('~')) {
    return refuse('Write a path relative to the working folder, such as "report.md".');
  }
  if (file.split(/[\\/]/).includes('..'))
    return refuse('The file must be inside the working folder: no ".." in the path.');
}

function checkSuccess(success: Fields): void {
  checkExitCodes(success);
  success.optionalOneOf('output', { known: SUCCESS_OUTPUTS, noun: 'rule for the output' });
  checkPattern(success);
  checkFile(success);
  success.refuseUnknown(successFields);
}

function checkTags(fields: Fields): void {
  const tags = fields.list('tags');
  if (tags === undefined) return;
  if (tags.length > TAGS_MAX) {
    fields.report('tags', {
      code: 'out_of_range',
      message: `There are ${tags.length} tags; ${TAGS_MAX} are the most.`,
    });
  }
  for (const [index, tag] of tags.slice(0, TAGS_MAX).entries()) checkTag(fields, { index, tag });
}

/** Names of what a node must have, in the one spelling that nodes use. */
function checkNodeLabels(fields: Fields): void {
  const labels = fields.list('node_labels');
  if (labels === undefined) return;
  if (labels.length > NODE_LABELS_MAX) {
    const message = `There are ${labels.length} labels; ${NODE_LABELS_MAX} are the most.`;
    fields.report('node_labels', { code: 'out_of_range', message });
  }
  for (const [index, label] of labels.slice(0, NODE_LABELS_MAX).entries()) {
    const field = indexPath({ path: 'node_labels', index });
    if (typeof label !== 'string') {
      const message = `A label is text, not ${valueKind(label)}.`;
      fields.report(field, { code: 'wrong_type', message, value: label });
    } else if (!NODE_LABEL.test(label)) {
      const message =
        'A label has letters, digits and . _ / : = - only, begins with a letter or digit, and ends by 63.';
      fields.report(field, { code: 'invalid_format', message, value: label });
    }
  }
}

function checkTag(fields: Fields, p: { index: number; tag: unknown }): void {
  const field = indexPath({ path: 'tags', index: p.index });
  const { tag } = p;
  if (typeof tag !== 'string') {
    return fields.report(field, { code: 'wrong_type', message: `A tag is text, not ${valueKind(tag)}.`, value: tag });
  }
  if (isBlank(tag)) return fields.report(field, { code: 'required', message: 'A tag must not be blank.' });
  if (tag.length > TAG_LENGTH_MAX) {
    const message = `A tag has at most ${TAG_LENGTH_MAX} characters.`;
    return fields.report(field, { code: 'out_of_range', message, value: tag });
  }
  if (!/[\p{Cc}\p{Cs}]/u.test(tag)) return;
  fields.report(field, { code: 'invalid_format', message: 'A tag has no control characters.', value: tag });
}

function checkDescription(fields: Fields): void {
  const description = fields.text('description');
  if (description === undefined || description.length <= DESCRIPTION_LENGTH_MAX) return;
  const message = `A description has at most ${DESCRIPTION_LENGTH_MAX} characters.`;
  fields.report('description', { code: 'out_of_range', message, value: description });
}

/** Checks what a job and a trigger both may have beyond the reference. Expects fields opened as additions. */
export function checkAutomationAdditions(fields: Fields): void {
  fields.text('id');
  fields.flag('enabled');
  fields.instant('created_at');
  fields.instant('updated_at');
  fields.optionalOneOf('overlap', { known: OVERLAP_POLICIES, noun: 'overlap policy' });
  fields.optionalDuration('timeout', { least: 'zero', zeroMeans: '0 means no limit' });
  fields.optionalDuration('queue_timeout', { least: 'zero', zeroMeans: '0 means no limit' });
  fields.integerWithin('priority', { min: -int32Max, max: int32Max });
  const budget = fields.object('budget');
  if (budget !== undefined) checkBudget(budget);
  const session = fields.object('session');
  if (session !== undefined) checkSession(session);
  const success = fields.object('success');
  if (success !== undefined) checkSuccess(success);
  fields.integerWithin('pause_after_failures', { min: 0, max: int32Max });
  checkNodeLabels(fields);
  checkTags(fields);
  checkDescription(fields);
}
