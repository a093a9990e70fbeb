/** What can be wrong with configuration, and where it stands. Loading returns these; nothing here is thrown or logged. */
import type { ProblemCode } from '../model/problem.ts';

/** Permanent codes: the model's for what is wrong with a value, and these for files and for entries among each other. */
export type ConfigProblemCode =
  | ProblemCode
  /** The file is not TOML. Nothing of it is read. */
  | 'invalid_syntax'
  | 'invalid_encoding'
  | 'file_too_large'
  | 'file_unreadable'
  /** A folder, a pipe or a device stands where a file should. */
  | 'not_a_file'
  | 'too_many_files'
  /** One setting is given in two files. */
  | 'given_twice'
  /** Two entries have one identity. */
  | 'duplicate_entry'
  /** A definition that was made at run time, or comes from elsewhere, has the name or the webhook id. */
  | 'name_taken'
  | 'agent_unknown'
  | 'workspace_unknown'
  | 'folder_missing'
  /** A package that was added is not there any more. */
  | 'package_missing'
  /** An entry of a workspace's own file reaches beyond that workspace. */
  | 'foreign_workspace'
  /** What a secret reference names is not there, or not readable, now. */
  | 'secret_unavailable'
  /** The list of problems was cut here. */
  | 'too_many_problems';

/** Something wrong with a configuration file, and where. */
export interface ConfigProblem {
  /** Absolute path of the file; `environment` or `flag` for a setting that came from there. */
  file: string;
  /** From 1; absent when the file as a whole is the trouble (missing, unreadable). */
  line?: number;
  column?: number;
  /** As the file has it, arrays of tables counted within that file: `automation.jobs[2].schedule.expr`. Empty for the file itself. */
  path: string;
  code: ConfigProblemCode;
  /** One sentence that says what is wrong and what to write instead. Never a secret. */
  message: string;
  /** The lines around the place with a caret below it, for syntax errors. */
  frame?: string;
}

/** So many problems are listed; the rest is counted in one last problem. A file of 4 MiB can hold a million mistakes. */
const PROBLEMS_MAX = 500;

/** Bounds a list of problems, saying how many were left out. */
export function boundProblems(problems: ConfigProblem[]): ConfigProblem[] {
  if (problems.length <= PROBLEMS_MAX) return problems;
  const kept = problems.slice(0, PROBLEMS_MAX);
  const next = problems[PROBLEMS_MAX]!;
  const left = problems.length - PROBLEMS_MAX;
  const message = `${left} more problem${left === 1 ? '' : 's'} from here on; mend the ones above first.`;
  kept.push({ ...next, code: 'too_many_problems', message });
  return kept;
}
