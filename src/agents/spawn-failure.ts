/** The system's refusals to start a program, in words that say what to do. */
const WORDS: Readonly<Record<string, string>> = {
  E2BIG: 'the prompt is larger than an argument may be: use prompt_via = "stdin" or "file"',
  EACCES: 'it may not be executed',
  EAGAIN: 'the system allows no further processes at the moment',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'the program, or the interpreter named in its first line, or the working folder does not exist',
  ENOEXEC: 'the file is not a program that this machine can run',
  ENOMEM: 'there is not enough memory',
  ETXTBSY: 'its file is being written to',
  ERR_INVALID_ARG_VALUE: 'an argument or an environment value contains a NUL byte',
};

/** The refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETXTBSY']);

export function spawnFailure(p: { program: string; error: NodeJS.ErrnoException }): {
  problem: string;
  passing: boolean;
} {
  const code = p.error.code ?? '';
  const words = WORDS[code];
  const reason = words === undefined ? p.error.message : `${words} (${code})`;
  return { problem: `${p.program} could not be started: ${reason}.`, passing: PASSING.has(code) };
}
