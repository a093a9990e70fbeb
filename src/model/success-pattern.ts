/**
 * The regular expression of a success contract: one dialect for the check when it is written and for its use.
 * Unicode mode, no other flag: `.` does not match a line break, `^` and `$` are the ends of the whole answer.
 */

/** A pattern is written by hand; a longer one is a mistake, and patterns cost time by their length. */
export const SUCCESS_PATTERN_LENGTH_MAX = 1024;

/**
 * Compiles the pattern. Matching it may take very long for a pattern with nested repetition: whoever matches bounds the
 * text and the time.
 */
export function compileSuccessPattern(
  pattern: string,
): { readonly ok: true; readonly expression: RegExp } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, expression: new RegExp(pattern, 'u') };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: text.slice(text.lastIndexOf(': ') + 1).trim() || 'it cannot be compiled' };
  }
}
