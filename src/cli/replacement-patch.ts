/** The merge patch (RFC 7396) that turns one document into another: what is gone is null, what is the same is left out. */

type Document = Readonly<Record<string, unknown>>;

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function replacementPatch(before: Document, after: Document): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, wanted] = [before[key], after[key]];
    if (wanted === undefined) {
      if (old !== undefined) patch[key] = null;
    } else if (isDocument(old) && isDocument(wanted)) {
      const inner = replacementPatch(old, wanted);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(wanted)) {
      patch[key] = wanted;
    }
  }
  return patch;
}
