import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../errors/catalog.ts';
import type { Job } from '../model/job.ts';
import { validateJob } from '../model/validation/job.ts';
import { validateScheduleSpec } from '../model/validation/schedule.ts';
import { eventInput } from './contract/event.ts';
import { jobInput, jobPatch } from './contract/job.ts';
import { INGRESS } from './contract/ingress.ts';
import { triggerInput, triggerPatch } from './contract/trigger.ts';
import { readEvent } from '../model/written-event.ts';
import { validateTrigger } from '../model/validation/trigger.ts';
import { operations } from './contract/operations.ts';
import { type OperationName, ROUTES } from './contract/route-table.ts';
import { scheduleSpec } from './contract/schedule.ts';
import { openApiDocument } from './openapi.ts';

type Json = Record<string, unknown>;
const document = openApiDocument({ version: '1.2.3' });
const text = JSON.stringify(document);
const paths = document.paths as Record<string, Record<string, Json>>;
const names = Object.keys(ROUTES) as OperationName[];

describe('the OpenAPI document', () => {
  it('is 3.1 and carries the version', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  });
  it('has every operation once, under its name', () => {
    const found = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(found.toSorted()).toEqual([...names, ...Object.keys(INGRESS.paths)].toSorted());
  });
  it('refers only to schemas it has', () => {
    const { schemas } = document.components as { schemas: Json };
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref as string);
    expect(refs.length).toBeGreaterThan(50);
    const missing = refs.filter((ref) => !(ref.replace('#/components/schemas/', '') in schemas));
    expect(missing).toEqual([]);
    expect(text).not.toContain('$defs');
  });
  it('names the parameters of every path', () => {
    for (const [path, methods] of Object.entries(paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters } of Object.values(methods)) {
        const named = (parameters as Json[]).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
        expect(named).toEqual(inPath);
      }
    }
  });
  it('says what each operation can be refused with, by codes that exist', () => {
    for (const name of names) {
      const unknown = operations[name].errors.filter((code) => !(ERROR_CODES as readonly string[]).includes(code));
      expect([name, unknown]).toEqual([name, []]);
    }
    expect(paths['/automation/jobs']?.post?.responses).toMatchObject({
      201: { description: expect.any(String) },
      401: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDocument' } } } },
      413: {},
      415: {},
      422: { description: expect.stringContaining('`validation_failed`') },
    });
  });
  it('needs a token everywhere but where the contract says otherwise', () => {
    const open = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .filter(({ security }) => Array.isArray(security) && security.length === 0)
      .map(({ operationId }) => operationId);
    expect(open).toEqual([
      ...['signIn', 'getHealth', 'getReadiness', 'getOpenApi', 'getDocs'],
      ...Object.keys(INGRESS.paths),
    ]);
  });
});

describe('every list', () => {
  /** Not collections that grow, but one answer that happens to be made of items; with the reason why it has no pages. */
  const whole: Partial<Record<OperationName, string>> = {
    listJobFires: 'a calculation, asked for by count',
    listNextFires: 'a calculation; says whether it was cut',
    detectAgents: 'what one look found',
    readConfig: 'one document: the configuration',
    readTranscript: 'paged by the number of the entry',
    readSessionTranscript: 'paged by the number of the entry',
    backfillJob: 'what was asked for, which is bounded',
    sendEvent: 'what came of one event',
  };
  const listing = names.filter((name) => {
    const { schema } = operations[name].reply as { schema?: { shape?: Record<string, unknown> } };
    return Object.values(schema?.shape ?? {}).some((field) => (field as { type?: string }).type === 'array');
  });

  it.each(listing.filter((name) => !(name in whole)))('%s takes limit and cursor and gives next_cursor', (name) => {
    const { query, reply } = operations[name] as { query?: { shape: Json }; reply: { schema: { shape: Json } } };
    expect(Object.keys(query?.shape ?? {})).toEqual(expect.arrayContaining(['limit', 'cursor']));
    expect(Object.keys(reply.schema.shape)).toContain('next_cursor');
    expect(operations[name].errors).toContain('invalid_cursor');
  });
  it('the exceptions are lists', () =>
    expect(Object.keys(whole).filter((name) => !listing.includes(name as OperationName))).toEqual([]));
});

/** The names that a validator does not know among `fields`. */
function unknownTo(validate: typeof validateJob, fields: readonly string[]): string[] {
  const problems = validate(Object.fromEntries(fields.map((field) => [field, null])), 'x');
  return problems.filter(({ code }) => code === 'unknown_field').map(({ path }) => path);
}

describe('what the contract documents is what the model judges', () => {
  const documented = Object.keys(jobInput.shape);
  // The compiler holds this list against the type; what a person does not write is left out.
  const modelled: Record<Exclude<keyof Job, 'id' | 'source' | 'created_at' | 'updated_at'>, true> = {
    scope: true,
    name: true,
    agent_name: true,
    workspace_id: true,
    prompt: true,
    enabled: true,
    retry: true,
    fire_limit: true,
    overlap: true,
    timeout: true,
    queue_timeout: true,
    priority: true,
    budget: true,
    session: true,
    success: true,
    pause_after_failures: true,
    tags: true,
    node_labels: true,
    description: true,
    schedule: true,
    task: true,
  };
  it('a job has the same fields', () => {
    expect(unknownTo(validateJob, [...documented, 'nonsense'])).toEqual(['x.nonsense']);
    expect(documented.toSorted()).toEqual(Object.keys(modelled).toSorted());
    expect(Object.keys(jobPatch.shape).toSorted()).toEqual(documented.toSorted());
  });
  it('a trigger has the same fields', () => {
    const known = Object.keys(triggerInput.shape);
    expect(unknownTo(validateTrigger, [...known, 'nonsense'])).toEqual(['x.nonsense']);
    expect(Object.keys(triggerPatch.shape).toSorted()).toEqual(known.toSorted());
    const coalesce = Object.keys(triggerInput.shape.coalesce.unwrap().shape);
    const problems = validateTrigger({ coalesce: Object.fromEntries(coalesce.map((field) => [field, null])) }, 'x');
    expect(problems.filter(({ code }) => code === 'unknown_field')).toEqual([]);
  });
  it('an event has the same fields', () => {
    const fields = Object.fromEntries(Object.keys(eventInput.shape).map((field) => [field, null]));
    const read = readEvent({ ...fields, nonsense: null }, 'x');
    const problems = read.ok ? [] : read.problems;
    expect(problems.filter(({ code }) => code === 'unknown_field').map(({ path }) => path)).toEqual(['x.nonsense']);
  });
  it('a schedule has the same fields', () => {
    expect(unknownTo(validateScheduleSpec, Object.keys(scheduleSpec.shape))).toEqual([]);
    expect(unknownTo(validateScheduleSpec, ['nonsense'])).toEqual(['x.nonsense']);
  });
  it.each(['task', 'retry', 'fire_limit', 'budget', 'session', 'success'] as const)(
    '%s has the same fields',
    (field) => {
      const schema = jobInput.shape[field].unwrap();
      const value = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, null]));
      const unknown = (inner: Json): string[] =>
        validateJob({ [field]: inner }, 'job').flatMap(({ code, path }) => (code === 'unknown_field' ? [path] : []));
      expect(unknown(value)).toEqual([]);
      expect(unknown({ ...value, nonsense: 1 })).toEqual([`job.${field}.nonsense`]);
    },
  );
});
