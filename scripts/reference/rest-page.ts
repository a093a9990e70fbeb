/** docs/reference/rest.md: every operation of the contract, and what it takes, gives and refuses. */
import { z } from 'zod';
import { INGRESS, webhookReceipt } from '../../src/api/contract/ingress.ts';
import { type Operation, scopesOf } from '../../src/api/contract/operation.ts';
import { operations } from '../../src/api/contract/operations.ts';
import { API_BASE, type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { errorCodesOf } from '../../src/api/openapi.ts';

const introduction = `# REST

<!-- Made by scripts/generate-reference.ts from src/api/contract; change it there. -->

Everything below stands under \`${API_BASE}\`; the machine-readable form is \`GET ${API_BASE}/openapi.json\` (OpenAPI 3.1), made from
the same schemas. Requests and replies are JSON in UTF-8, at most 1 MiB; instants are RFC 3339 in UTC with milliseconds.

- **Who may**: \`Authorization: Bearer\` with the token from the file \`token\` in the home, or the cookie of a page that
  signed in by a link. Only loopback names and configured hosts are answered, and no page of another origin.
- **Refusals** are problem documents (RFC 9457) with a permanent \`code\`, a \`hint\`, and \`errors[]\` field by field; see
  [errors](errors.md). Unknown fields and parameters are refused, not ignored.
- **Lists** take \`limit\` (at most 500, 100 when absent) and \`cursor\`, and give \`next_cursor\` exactly when more follow.
- **Jobs** and **triggers** come with an \`ETag\`; \`If-Match\` makes a change conditional. A client may name itself in \`Rouse-Client\` (\`cli\`), for
  the record only.
- **Streams** are server-sent events. A silent one says \`: keep-alive\` every 15 seconds; a client that takes nothing for a
  minute is cut off.
- **Probes** are answered at \`/healthz\` and \`/readyz\` as well.
`;

const headings: Readonly<Record<Operation['tag'], string>> = {
  jobs: 'Jobs',
  triggers: 'Triggers',
  events: 'Events',
  schedule: 'Schedules',
  runs: 'Runs',
  usage: 'Use and cost',
  agents: 'Agents',
  workspaces: 'Workspaces',
  sessions: 'Sessions',
  hooks: 'Hooks',
  deliveries: 'Webhook deliveries',
  secrets: 'Secrets',
  tasks: 'Tasks',
  config: 'Configuration',
  packages: 'Packages',
  access: 'Who may come in',
  daemon: 'The daemon',
};

function scopesText(name: OperationName): string {
  const [method = ''] = ROUTES[name].split(' ');
  const operation: Operation = operations[name];
  const scopes = scopesOf(operation, method).map((scope) => (scope === 'any' ? 'any token' : `\`${scope}\``));
  return `${scopes.join(' or ')}${operation.personsOnly === true ? ', no agent of a run' : ''}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** Of the field itself, else of what it wraps. */
function descriptionOf(schema: z.ZodType): string {
  if (schema.description !== undefined) return schema.description;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? descriptionOf(schema.unwrap() as z.ZodType)
    : '';
}

/** The values of an enumeration, however it is wrapped. */
function valuesOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return valuesOf(schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodEnum)) return '';
  return `${schema.options.map((value) => `\`${String(value)}\``).join(', ')}. `;
}

function fieldTable(p: { title: string; shape: Readonly<Record<string, unknown>> }): string[] {
  const rows = Object.entries(p.shape as Readonly<Record<string, z.ZodType>>).map(
    ([name, schema]) =>
      `| \`${name}\` | ${isRequired(schema) ? 'yes' : ''} | ${cell((valuesOf(schema) + descriptionOf(schema)).trim())} |`,
  );
  return rows.length === 0 ? [] : ['', `| ${p.title} | required | |`, '| --- | --- | --- |', ...rows];
}

function bodyFields({ body }: Operation): string[] {
  if (body === undefined || !('shape' in body.schema)) return [];
  return fieldTable({ title: 'field', shape: body.schema.shape as Record<string, unknown> });
}

function operationSection(name: OperationName): string[] {
  const operation: Operation = operations[name];
  const { summary, description, reply, access, query } = operation;
  const codes = errorCodesOf(operation).map((code) => `\`${code}\``);
  return [
    '',
    `### ${summary}`,
    '',
    `\`${ROUTES[name].replace(' ', ` ${API_BASE}`)}\`${access === 'open' ? ' (no token)' : ` (${scopesText(name)})`}`,
    ...(description === undefined ? [] : ['', description]),
    ...fieldTable({ title: 'parameter', shape: query?.shape ?? {} }),
    ...bodyFields(operation),
    '',
    `**${reply.status}** ${reply.description}`,
    ...(reply.events === undefined ? [] : ['', `Events: ${reply.events}`]),
    '',
    `Refused with ${codes.join(', ')}.`,
  ];
}

function ingressSection(): string[] {
  const paths = Object.values(INGRESS.paths).map((path) => `\`POST ${API_BASE}${path}\``);
  return [
    '',
    `### ${INGRESS.summary}`,
    '',
    `${paths.join(' and ')} (no token: a signature)`,
    '',
    INGRESS.description,
    ...fieldTable({ title: 'field of the reply', shape: webhookReceipt.shape }),
    '',
    `**202** ${INGRESS.stored}`,
    '',
    `**200** ${INGRESS.repeated}`,
    '',
    `Refused with ${INGRESS.errors.map((code) => `\`${code}\``).join(', ')}.`,
  ];
}

export function renderRestPage(): string {
  const names = Object.keys(ROUTES) as OperationName[];
  const tags = Object.keys(headings) as Operation['tag'][];
  const sections = tags.flatMap((tag) => [
    '',
    `## ${headings[tag]}`,
    ...names.filter((name) => operations[name].tag === tag).flatMap(operationSection),
    ...(tag === 'deliveries' ? ingressSection() : []),
  ]);
  return `${[introduction.trimEnd(), ...sections].join('\n')}\n`;
}
