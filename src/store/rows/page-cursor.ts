/**
 * The opaque cursor of a list: where its last item stood, in base64url. It carries nothing but the order, so it stays
 * good while rows are added or removed, and everything in it is checked before it reaches a statement.
 */
import { AppError } from '../../errors/app-error.ts';

/** Which list gave it out; another list refuses it. */
export type PageCursorList =
  | 'jobs'
  | 'triggers'
  | 'runs'
  | 'tasks'
  | 'activations'
  | 'deliveries'
  | 'hook_calls'
  | 'changes'
  | 'sessions';

export function encodePageCursor(list: PageCursorList, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** The position, whose parts have exactly these types. Throws `invalid_cursor`. */
export function decodePageCursor<const Types extends readonly ('string' | 'number')[]>(
  list: PageCursorList,
  cursor: string,
  types: Types,
): { [I in keyof Types]: Types[I] extends 'number' ? number : string } {
  const parts = parse(cursor);
  const position = parts.slice(1);
  const fits =
    parts[0] === list &&
    position.length === types.length &&
    position.every((part, i) => (types[i] === 'number' ? Number.isSafeInteger(part) : typeof part === 'string')) &&
    // One spelling per position: text that merely decodes to the same bytes was not given out by us.
    encodePageCursor(list, position as (string | number)[]) === cursor;
  if (!fits) throw new AppError('invalid_cursor', {});
  return position as { [I in keyof Types]: Types[I] extends 'number' ? number : string };
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
