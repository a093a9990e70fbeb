/** The difference between what a form began with and what stands in it now, as the API takes changes (RFC 7396). */

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only what differs: null removes a field, objects are compared field by field, lists as a whole. */
export function patchBetween(before: Json, after: Json): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (is === undefined) {
      if (was !== undefined) patch[name] = null;
    } else if (isObject(was) && isObject(is)) {
      const inner = patchBetween(was, is);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (JSON.stringify(was) !== JSON.stringify(is)) patch[name] = is;
  }
  return patch;
}
