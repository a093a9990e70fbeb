/** A definition as an entry of a file: what `[[automation.jobs]]` would have to say. */
import type { RetryConfig } from '../model/retry-config.ts';
import { jobKeys, triggerKeys } from './keys/automation-keys.ts';
import { tomlEntry } from './toml-text.ts';

/** A definition as it travels; whatever else a reply shows beside it is left out. */
type Written = Readonly<Record<string, unknown>>;

export function jobToml(job: Written, p: { workspacePath: (id: string) => string | undefined }): string {
  return tomlEntry('automation.jobs', entryOf(job, Object.keys(jobKeys), p));
}

export function triggerToml(trigger: Written, p: { workspacePath: (id: string) => string | undefined }): string {
  return tomlEntry('automation.triggers', entryOf(trigger, Object.keys(triggerKeys), p));
}

/** What a reader looks for; the rest follows as the reference has it. */
const FIRST = ['name', 'agent', 'workspace', 'event', 'prompt', 'schedule'];

/** In files an agent and a workspace are called by what people know them as. */
function entryOf(
  definition: Written,
  keys: readonly string[],
  p: { workspacePath: (id: string) => string | undefined },
): Record<string, unknown> {
  const { workspace_id: workspaceId, agent_name: agent, retry, enabled } = definition;
  const workspace = typeof workspaceId === 'string' ? (p.workspacePath(workspaceId) ?? workspaceId) : undefined;
  const inFile: Record<string, unknown> = {
    ...definition,
    agent: agent === '' ? undefined : agent,
    workspace,
    // Who names a workspace means it, and a global one is what is meant otherwise.
    scope: undefined,
    prompt: definition['prompt'] === '' ? undefined : definition['prompt'],
    enabled: enabled === false ? false : undefined,
    retry: (retry as RetryConfig | undefined)?.strategy === 'none' ? undefined : retry,
  };
  return Object.fromEntries([...FIRST, ...keys].map((key) => [key, inFile[key]]));
}
