/** Something wrong with a configuration file, and where. */
export interface ConfigProblem {
  /** Absolute path of the file. */
  file: string;
  /** From 1; absent when the file as a whole is the trouble (missing, unreadable). */
  line?: number;
  column?: number;
  /** `automation.jobs[2].schedule.expr` */
  path: string;
  code: string;
  message: string;
}
