/** How the place of a problem is spelled: `job.schedule.expr`, `automation.jobs[2].name`, `trigger.filter["data.x"]`. */
import { trimSpace } from '../lib/go-text.ts';
import { quoteText } from './template/quote.ts';

/** `field` of the object at `path`. Both are trimmed, and an empty one adds no dot, as the reference spells paths. */
export function fieldPath(p: { path: string; field: string }): string {
  const path = trimSpace(p.path);
  const field = trimSpace(p.field);
  if (path === '') return field;
  return field === '' ? path : `${path}.${field}`;
}

/** The entry of the map at `path` whose key is free text, quoted as Go's `%q` does. The path is taken as it is. */
export function keyPath(p: { path: string; key: string }): string {
  return `${p.path}[${quoteText(p.key.toWellFormed(), false)}]`;
}

/** The element of the list at `path`. */
export function indexPath(p: { path: string; index: number }): string {
  return `${p.path}[${p.index}]`;
}
