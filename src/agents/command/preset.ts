/** What is known of a well-known program: which flags make it talk to a program, and how to read what it then prints. */
import { HeadTailText, harmlessText } from '../bounded-text.ts';
import { OUTPUT_BYTES_MAX } from '../agent-driver.ts';
import type { EntrySink } from '../entry-sink.ts';
import type { PromptVia } from '../../model/agent.ts';
import type { RunUsage } from '../../model/run.ts';
import type { WireRecord } from '../wire-value.ts';
import type { AnswerSheet } from '../answer-sheet.ts';
import { JsonLines } from '../json-lines.ts';
import type { AnswerReader } from './answer-reader.ts';

export interface Preset {
  /**
   * The arguments, out of those in `command`: what the program needs to answer in JSON is added, what a person wrote
   * stays. Without a placeholder the prompt becomes the last argument.
   */
  args(p: { given: readonly string[]; promptVia: PromptVia; resumeSessionId: string | undefined }): string[];
  /** Reads the events of one run, in order. */
  reader(p: {
    sheet: AnswerSheet;
    /** What a continued session had used before, where the program tells its sum. */
    usedBefore: RunUsage | undefined;
  }): (event: WireRecord) => void;
  /** What to do when it is not logged in. */
  login: string;
  /** Whether these last words mean that the session to be continued is not there any more. */
  lostSession: RegExp;
}

/** An event reader behind the interface of plain output; what is no event is shown as it is. */
export function presetReader(p: {
  sink: EntrySink;
  sheet: AnswerSheet;
  take: (event: WireRecord) => void;
}): AnswerReader {
  const noise = new HeadTailText(OUTPUT_BYTES_MAX);
  const lines = new JsonLines({
    onObject: (event) => p.take(event),
    onText(text) {
      noise.push(harmlessText(text));
      p.sink.stream('output', text);
    },
  });
  return {
    read: (text) => lines.read(text),
    finish() {
      const spoke = lines.finish();
      const answer = p.sheet.finish();
      // Somebody chose another output format: then it is a program like any other.
      return spoke ? answer : { ...answer, output: noise.text() };
    },
  };
}

/** Whether one of the flags stands among the arguments, alone or as `--flag=value`. */
export function hasFlag(args: readonly string[], ...flags: string[]): boolean {
  return args.some((arg) => flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`)));
}

/** The end of the options: a prompt that begins with a dash is still a prompt. */
export function endOfOptions(args: readonly string[], via: PromptVia): string[] {
  return via === 'argument' && !args.some((arg) => arg.includes('{prompt}')) ? ['--'] : [];
}
