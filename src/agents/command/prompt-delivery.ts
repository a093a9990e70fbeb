/** How a prompt reaches a program: through its standard input, as an argument, or as the path of a file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentDefinition } from '../../model/agent.ts';

/** Where the prompt goes inside an argument of `command`; without one it becomes the last argument. */
const PROMPT_PLACEHOLDER = '{prompt}';
const PROMPT_FILE_PLACEHOLDER = '{prompt_file}';

export interface PromptDelivery {
  args: string[];
  /** What is written to standard input; undefined: the program has none (`/dev/null`). */
  stdin?: string;
  /** Removes what was written to disk. Safe to call more than once. */
  dispose(): Promise<void>;
}

export type PromptDeliveryResult = { delivery: PromptDelivery } | { problem: string };

const nothing = async (): Promise<void> => {};

/**
 * `file`: a folder of its own (mode 0700) in `folder`, holding `prompt.md` (mode 0600), because prompts may contain
 * what only the agent should read. It lives until the conversation's processes are gone.
 */
export async function deliverPrompt(p: {
  agent: AgentDefinition;
  /** Without the program. */
  args: readonly string[];
  prompt: string;
  folder: string;
}): Promise<PromptDeliveryResult> {
  const args = [...p.args];
  switch (p.agent.prompt_via) {
    case 'stdin':
      return { delivery: { args, stdin: p.prompt, dispose: nothing } };
    case 'argument':
      if (p.prompt.includes('\0')) {
        return {
          problem: 'The prompt contains a NUL byte, which no argument can carry: use prompt_via = "stdin" or "file".',
        };
      }
      return { delivery: { args: fill(args, PROMPT_PLACEHOLDER, p.prompt), dispose: nothing } };
    case 'file':
      return deliverAsFile(args, p);
  }
}

async function deliverAsFile(args: string[], p: { prompt: string; folder: string }): Promise<PromptDeliveryResult> {
  let own: string | undefined;
  const dispose = async (): Promise<void> => {
    if (own !== undefined) await rm(own, { recursive: true, force: true }).catch(() => {});
  };
  try {
    own = await mkdtemp(join(p.folder, 'rouse-prompt-'));
    const file = join(own, 'prompt.md');
    await writeFile(file, p.prompt, { mode: 0o600, flag: 'wx' });
    return { delivery: { args: fill(args, PROMPT_FILE_PLACEHOLDER, file), dispose } };
  } catch (error) {
    await dispose();
    return { problem: `The prompt could not be written to a file in ${p.folder}: ${(error as Error).message}` };
  }
}

/** Every occurrence of the placeholder, or, where there is none, one more argument. */
function fill(args: readonly string[], placeholder: string, value: string): string[] {
  if (!args.some((arg) => arg.includes(placeholder))) return [...args, value];
  return args.map((arg) => arg.replaceAll(placeholder, () => value));
}
