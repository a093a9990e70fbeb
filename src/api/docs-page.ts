/** `GET /api/docs`: the operations of the contract as one page for people. No scripts, nothing loaded, works offline. */
import { z } from 'zod';
import { INGRESS, webhookReceipt } from './contract/ingress.ts';
import type { Operation } from './contract/operation.ts';
import { operations } from './contract/operations.ts';
import { API_BASE, type OperationName, ROUTES } from './contract/route-table.ts';
import { errorCodesOf } from './openapi.ts';

/** The page has one style of its own; everything else stays forbidden. */
export const DOCS_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; }
section { border-top: 1px solid #8886; padding-top: 0.5rem; }
pre { overflow-x: auto; padding: 0.5rem; background: #8882; }
`;

export function docsPage(): string {
  const names = Object.keys(ROUTES) as OperationName[];
  const contents = names.map((name) => `<li><a href="#${name}"><code>${escaped(routeText(name))}</code></a></li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rouse: REST reference</title>
<style>${style}</style>
<h1>REST reference</h1>
<p>The machine-readable form is <a href="${API_BASE}/openapi.json">openapi.json</a>. Every route that is not marked open wants
<code>Authorization: Bearer</code> with the token from the file <code>token</code> in the home.</p>
<ul>${contents.join('')}<li><a href="#webhooks"><code>POST ${API_BASE}/webhooks/…</code></a></li></ul>
${names.map(section).join('\n')}
${ingressSection()}
</html>
`;
}

function section(name: OperationName): string {
  const operation: Operation = operations[name];
  const { summary, description, access, query, body, reply } = operation;
  const parts = [
    `<h2>${escaped(summary)}</h2>`,
    `<p><code>${escaped(routeText(name))}</code>${access === 'open' ? ' (open)' : ''}</p>`,
    description === undefined ? '' : `<p>${prose(description)}</p>`,
    query === undefined ? '' : `<h3>Query</h3>${schemaText(query, 'input')}`,
    body === undefined
      ? ''
      : `<h3>Body${body.optional === true ? ' (optional)' : ''}</h3>${schemaText(body.schema, 'input')}`,
    `<h3>${reply.status}</h3><p>${prose(reply.description)}</p>`,
    reply.events === undefined ? '' : `<p>Events: ${prose(reply.events)}</p>`,
    reply.schema === undefined ? '' : schemaText(reply.schema, 'output'),
    `<p>Refused with ${errorCodesOf(operation)
      .map((code) => `<code>${code}</code>`)
      .join(', ')}.</p>`,
  ];
  return `<section id="${name}">${parts.join('')}</section>`;
}

function ingressSection(): string {
  const paths = Object.values(INGRESS.paths).map((path) => `<code>POST ${escaped(API_BASE + path)}</code>`);
  const parts = [
    `<h2>${escaped(INGRESS.summary)}</h2>`,
    `<p>${paths.join('<br>')} (no token: a signature)</p>`,
    `<p>${prose(INGRESS.description)}</p>`,
    `<h3>202</h3><p>${prose(INGRESS.stored)}</p>${schemaText(webhookReceipt, 'output')}`,
    `<h3>200</h3><p>${prose(INGRESS.repeated)}</p>`,
    `<p>Refused with ${INGRESS.errors.map((code) => `<code>${code}</code>`).join(', ')}.</p>`,
  ];
  return `<section id="webhooks">${parts.join('')}</section>`;
}

function routeText(name: OperationName): string {
  return ROUTES[name].replace(' ', ` ${API_BASE}`);
}

/** Folded away, because the larger ones fill screens. */
function schemaText(schema: z.ZodType, io: 'input' | 'output'): string {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io });
  return `<details><summary>JSON Schema</summary><pre>${escaped(JSON.stringify(json, null, 2))}</pre></details>`;
}

/** Text of ours in which names stand between backticks. */
function prose(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
