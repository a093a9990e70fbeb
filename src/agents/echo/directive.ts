/**
 * The little language with which a prompt tells the echo agent what to do: lines that begin with a slash. The table
 * is the documentation: `rouse-echo-agent --help` prints it.
 */
export interface DirectiveHelp {
  usage: string;
  meaning: string;
}

export const DIRECTIVES = {
  sleep: { usage: '/sleep 6s', meaning: 'wait that long (ms, s, m, h); a cancel ends it' },
  hang: { usage: '/hang', meaning: 'never answer; neither a cancel nor a closed input ends it' },
  stubborn: { usage: '/stubborn', meaning: 'from now on ignore SIGTERM' },
  fail: { usage: '/fail message', meaning: 'answer the prompt with an error' },
  limit: { usage: '/limit 1h', meaning: 'answer with the error of an account that is exhausted for that long' },
  refuse: { usage: '/refuse', meaning: 'end with the stop reason "refusal"' },
  exit: { usage: '/exit 3', meaning: 'end the process with that code, without an answer' },
  permission: { usage: '/permission tool title', meaning: 'ask for permission, and say what was answered' },
  tool: { usage: '/tool name title', meaning: 'report a tool call and its result' },
  think: { usage: '/think text', meaning: 'report a thought' },
  say: { usage: '/say text', meaning: 'say just this, in place of the echo' },
  silent: { usage: '/silent', meaning: 'end well, having said nothing' },
  flood: { usage: '/flood 50MB', meaning: 'say that much (B, KB, MB)' },
  stderr: { usage: '/stderr text', meaning: 'print a line on standard error' },
  stdout: { usage: '/stdout text', meaning: 'print a line on standard output that is no protocol message' },
  usage: { usage: '/usage 100 20 0.5', meaning: 'report these input tokens, output tokens and US dollars' },
  touch: { usage: '/touch path', meaning: 'append one line to a file in the working folder' },
  read: { usage: '/read path', meaning: 'say what is in a file, by asking the client for it' },
  write: { usage: '/write path text', meaning: 'have the client write a file' },
  run: { usage: '/run command line', meaning: 'have the client run a command, and say what it printed' },
  spawn: { usage: '/spawn', meaning: 'leave a grandchild in a session of its own that ignores SIGTERM' },
  env: { usage: '/env NAME', meaning: 'say the value of that environment variable' },
} as const satisfies Record<string, DirectiveHelp>;

type DirectiveName = keyof typeof DIRECTIVES;

export interface Directive {
  name: DirectiveName;
  /** The rest of the line, trimmed. */
  rest: string;
}

export interface Script {
  directives: Directive[];
  /** The prompt without its directives. */
  text: string;
}

/** A line with a slash and a word that is none of ours is ordinary text. */
export function readScript(prompt: string): Script {
  const directives: Directive[] = [];
  const lines: string[] = [];
  for (const line of prompt.split('\n')) {
    const match = /^\s*\/([a-z]+)(?:\s+(.*))?$/.exec(line);
    const name = match?.[1];
    if (name !== undefined && Object.hasOwn(DIRECTIVES, name)) {
      directives.push({ name: name as DirectiveName, rest: (match?.[2] ?? '').trim() });
    } else {
      lines.push(line);
    }
  }
  return { directives, text: lines.join('\n').trim() };
}

const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const SIZE_BYTES = { b: 1, kb: 1024, mb: 1024 * 1024 } as const;

/** Milliseconds of `6s`, `1.5m`, `200ms`; undefined when it is none. */
export function readDuration(text: string): number | undefined {
  return readAmount(text, /^(\d+(?:\.\d+)?)(ms|s|m|h)$/, DURATION_MS);
}

/** Bytes of `50MB`, `64kb`, `10b`; undefined when it is none. */
export function readSize(text: string): number | undefined {
  return readAmount(text, /^(\d+(?:\.\d+)?)(b|kb|mb)$/, SIZE_BYTES);
}

function readAmount(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const match = form.exec(text.toLowerCase());
  return match === null ? undefined : Math.round(Number(match[1]) * units[match[2]!]!);
}

export function helpText(): string {
  const rows = Object.values(DIRECTIVES).map(({ usage, meaning }) => `  ${usage.padEnd(24)}${meaning}`);
  return [
    'rouse-echo-agent: a small agent that speaks the Agent Client Protocol over standard input and output.',
    'It needs no account: it tells for which automation it was woken and repeats the prompt.',
    '',
    'Lines of the prompt that begin with a slash are carried out in order, before it answers:',
    '',
    ...rows,
    '',
    'Session modes: plain, loud (says everything in capitals). Models: echo-small, echo-large (the same in all but name).',
    '',
  ].join('\n');
}
