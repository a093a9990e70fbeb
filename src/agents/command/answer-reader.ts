/**
 * Makes an answer out of what a program prints on its standard output. The presets for well-known programs (structured
 * output with usage and a final answer in it) are further readers behind the same interface.
 */
import { harmlessText, HeadTailText } from '../bounded-text.ts';
import { OUTPUT_BYTES_MAX } from '../agent-driver.ts';
import type { Answer } from '../answer-sheet.ts';
import type { EntrySink } from '../entry-sink.ts';

export interface AnswerReader {
  /** The next decoded piece of standard output; reports to the transcript what a person should see. */
  read(text: string): void;
  /** Once, when the output has ended. */
  finish(): Answer;
}

/** Everything printed is the answer: its beginning and its end where it is too long. */
export function plainAnswerReader(sink: EntrySink): AnswerReader {
  const answer = new HeadTailText(OUTPUT_BYTES_MAX);
  return {
    read(text) {
      answer.push(harmlessText(text));
      sink.stream('output', text);
    },
    finish: () => ({ output: answer.text() }),
  };
}
