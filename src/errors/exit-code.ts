/**
 * How a command ends, for scripts. One number per kind of outcome, so that a shell can branch without reading text;
 * the reference page of errors lists them. `runs wait` ends as the run did, with the `run_*` ones.
 */
export const EXIT_CODES = {
  ok: 0,
  /** Rouse failed: a defect, or a reply nobody expected. */
  internal: 1,
  /** The command line itself is wrong: unknown command, flag, or missing argument. */
  usage: 2,
  not_found: 3,
  /** What was asked contradicts the present state: a name taken, read-only, changed meanwhile. */
  conflict: 4,
  /** What was written is not valid. */
  invalid: 5,
  /** No token, a wrong one, or one that may not do this. */
  denied: 6,
  /** A daemon, a disk or an agent is not there right now; trying again later can help. */
  unavailable: 7,
  /** A limit was reached; the message names the instant from which it is possible again. */
  limited: 8,
  run_failed: 10,
  run_canceled: 11,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** One line per exit code, for the reference page and `--help`. */
export const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ok: 'It worked.',
  internal: 'Rouse failed.',
  usage: 'The command line is wrong.',
  not_found: 'What was named does not exist.',
  conflict: 'It contradicts the present state.',
  invalid: 'What was written is not valid.',
  denied: 'Not signed in, or not allowed.',
  unavailable: 'Something needed is not there right now.',
  limited: 'A limit was reached.',
  run_failed: 'The run that was waited for failed.',
  run_canceled: 'The run that was waited for was canceled.',
};
