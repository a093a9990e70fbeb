/** Where something stands in a configuration document, as segments inside and as a reader would type it outside. */

export type Segment = string | number;

const BARE = /^[A-Za-z0-9_-]+$/;

/** `['automation', 'jobs', 2, 'filter', 'data.x']` → `automation.jobs[2].filter["data.x"]` */
export function pathText(segments: readonly Segment[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (!BARE.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}

/** The opposite of {@link pathText}; text that is no such path becomes one segment. */
export function parsePathText(text: string): Segment[] {
  const segments: Segment[] = [];
  // Sticky alternatives: a name, an index, a quoted name. Linear, whatever the text.
  const piece = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (!match) return [text];
    const [, name, index, quoted] = match;
    if (name !== undefined) segments.push(name);
    else if (index !== undefined) segments.push(Number(index));
    else segments.push(unquote(quoted!));
  }
  return segments;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
