/**
 * One thing that is wrong with something a person wrote.
 *
 * Validators return all of them, in the order of the specification's validation section; none means valid.
 * This is the only shape in which the model talks about bad input: configuration, API and CLI add where it stood
 * (file, line, column) but never reword it.
 */
export interface Problem {
  /** The field the problem is about, spelled as a reader would type it: `job.schedule.expr`, `trigger.filter["data.x"]`. */
  readonly path: string;
  /** Permanent, snake_case; programs may branch on it. */
  readonly code: ProblemCode;
  /** One sentence that says what is wrong and what to write instead. */
  readonly message: string;
  /** The offending value, where it can be shown. */
  readonly value?: unknown;
}

/**
 * The permanent codes of validation problems. Few and about the kind of mistake, not about the field:
 * the path says which field, so a code per field would say it twice.
 */
export type ProblemCode =
  | 'required'
  | 'must_be_empty'
  | 'unknown_value'
  | 'unknown_field'
  | 'wrong_type'
  | 'not_positive'
  | 'out_of_range'
  | 'invalid_duration'
  | 'invalid_instant'
  | 'invalid_cron'
  | 'never_fires'
  | 'unknown_timezone'
  | 'invalid_filter_path'
  | 'invalid_template'
  | 'invalid_condition'
  | 'invalid_format'
  | 'invalid_secret_ref'
  | 'conflict';
