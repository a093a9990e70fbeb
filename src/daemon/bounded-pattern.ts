/**
 * Holds an answer against the expression of a success contract without letting it hold the daemon: JavaScript's engine
 * backtracks, and a pattern such as `^(a+)+$` may need longer than the universe has. A script of its own can be ended.
 */
import { createContext, Script } from 'node:vm';
import type { PatternMatch } from '../engine/judge-outcome.ts';

/** Long for any sensible expression over a bounded answer, short for everybody who waits meanwhile. */
const MATCH_MS_MAX = 250;

const script = new Script('new RegExp(pattern, "u").test(text)');

export function matchPattern(p: { pattern: string; text: string }): PatternMatch {
  try {
    return script.runInContext(createContext({ ...p }), { timeout: MATCH_MS_MAX }) === true ? 'yes' : 'no';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too_slow';
    // Patterns were compiled when the definition was written; one that no longer compiles matches nothing.
    return 'no';
  }
}
