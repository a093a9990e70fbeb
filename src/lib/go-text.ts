/**
 * Go's idea of white space and letter case, for texts whose rules come from Go programs (durations, cron, templates).
 * JavaScript's `trim` differs in two characters: it keeps U+0085 and removes U+FEFF.
 */

/** One character of Go's `unicode.IsSpace`. */
const goSpace = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const spaceRuns = new RegExp(`${goSpace}+`);
const oneSpace = new RegExp(`^${goSpace}$`);

/** Whether the one character is white space to Go. */
export function isGoSpace(character: string): boolean {
  return oneSpace.test(character);
}

/**
 * Go's `strings.TrimSpace`. Walks in from both ends instead of matching `space+$`,
 * which would try again from every inner space of a long text.
 */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isGoSpace(text.charAt(start))) start += 1;
  while (end > start && isGoSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Whether nothing is left after {@link trimSpace}: what "required" and "empty" mean all over the model. */
export function isBlank(text: string): boolean {
  return trimSpace(text) === '';
}

/** Go's `strings.Fields`: the pieces between runs of white space, none of them empty. */
export function fieldsOf(text: string): string[] {
  return text.split(spaceRuns).filter((piece) => piece !== '');
}

/** Go's `strings.ToLower`, which maps U+0130 to a plain `i` where JavaScript adds a combining dot. */
export function goLowerCase(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase();
}
