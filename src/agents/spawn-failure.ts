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

export function spawnFailure(p: { program: string; error: NodeJS.ErrnoException }): string {
  const code = p.error.code ?? '';
  const words = WORDS[code];
  return words === undefined
    ? `${p.program} could not be started: ${p.error.message}.`
    : `${p.program} could not be started: ${words} (${code}).`;
}
