/**
 * Holds what came in against a schema of the contract and says what is wrong in the model's terms: path, permanent
 * code, a sentence that says what to do. Definitions are not judged here but by the model.
 */
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { Problem, ProblemCode } from '../model/problem.ts';
import { unknownValue } from '../model/validation/known-values.ts';

type Issue = z.core.$ZodIssue;

/** The value as its schema gives it; else `validation_failed` with every problem. */
export function checkContract<S extends z.ZodType>(
  schema: S,
  value: unknown,
  p: { subject: string; path: string; confidential?: boolean },
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, { value, root: p.path, known }));
  // Nor names that were not expected: people put the value there as well.
  const shown = p.confidential
    ? problems.map(({ code }) => ({ path: p.path, code, message: CONFIDENTIAL_PROBLEM }))
    : problems;
  throw validationFailed(p.subject, shown);
}

const CONFIDENTIAL_PROBLEM = 'Compare the fields with /api/docs; what was sent is not repeated here.';

export function validationFailed(subject: string, problems: readonly Problem[]): AppError {
  return new AppError('validation_failed', { subject, problems: problems.length }, { problems });
}

function problemsOf(issue: Issue, p: { value: unknown; root: string; known: readonly string[] }): Problem[] {
  const path = pathText(p.root, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField(key, { path, known: issue.path.length === 0 ? p.known : [] }));
  }
  const value = valueAt(p.value, issue.path);
  if (issue.code === 'invalid_value') {
    const wrong = unknownValue({ value, known: issue.values.map(String), noun: 'value' });
    if (wrong !== undefined) return [{ path, ...wrong }];
  }
  return [{ path, code: codeOf(issue, value), message: messageOf(issue, value), ...shownValue(value) }];
}

function unknownField(key: string, p: { path: string; known: readonly string[] }): Problem {
  const choice = unknownValue({ value: key, known: p.known, noun: 'name' });
  const message =
    p.known.length === 0
      ? 'There is no such field; nothing is taken here.'
      : `There is no such field. ${choice?.message}`;
  return { path: `${p.path}.${key}`, code: 'unknown_field', message };
}

function codeOf(issue: Issue, value: unknown): ProblemCode {
  if (value === undefined) return 'required';
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'out_of_range' : 'wrong_type';
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'out_of_range';
  return 'invalid_format';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    // A field that may hold anything has no type to name when it is absent.
    if (issue.expected === 'nonoptional') return 'This is required.';
    const wanted = typeNames[issue.expected] ?? issue.expected;
    return value === undefined ? `This is required: ${wanted}.` : `This must be ${wanted}.`;
  }
  if (issue.code === 'too_small') {
    return issue.origin === 'string' ? 'This must not be empty.' : `This must be at least ${issue.minimum}.`;
  }
  if (issue.code === 'too_big') {
    const unit = issue.origin === 'string' ? ' characters long' : '';
    return `This must be at most ${issue.maximum}${unit}.`;
  }
  return 'This does not have the form that the reference describes.';
}

function shownValue(value: unknown): { value?: unknown } {
  if (typeof value === 'string') return { value: value.length > 200 ? `${value.slice(0, 200)}…` : value };
  return typeof value === 'number' || typeof value === 'boolean' ? { value } : {};
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function pathText(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    root,
  );
}
