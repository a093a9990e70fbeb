/** What an execution needs besides the engine's context: where agents work and what they are given. */
import type { AgentDefinition } from '../model/agent.ts';
import type { EngineContext } from './engine-context.ts';
import type { PreFire } from './pre-fire-gate.ts';
import type { PatternMatch } from './judge-outcome.ts';
import type { FoundSecrets } from './secret-seam.ts';
import type { Worktrees } from './worktrees.ts';

/** What an execution asks of the file system; a simulation answers from memory. */
export interface Folders {
  /** Creates the folder, owner-only, with its parents; an existing one is fine. */
  ensure(folder: string): Promise<void>;
  isFolder(folder: string): Promise<boolean>;
  exists(file: string): Promise<boolean>;
}

export interface ExecutionContext extends EngineContext {
  folders: Folders;
  /** Holds a text against an expression of a definition (`u` flag), in bounded time: people write slow ones. */
  matchPattern(p: { pattern: string; text: string }): PatternMatch;
  /** Where agents of global automations work; created when first needed. */
  workFolder: string;
  /** Absent in simulations, where no agent touches a file. */
  worktrees?: Worktrees;
  /** Bytes of transcript that one run may keep. */
  transcriptBytesMax: number;
  /**
   * The environment of an agent: the names it may take over from the daemon and its own values, secret references
   * resolved. Rejects with an `AppError` that names the reference which cannot be resolved, never a value.
   */
  environmentOf(p: { agent: AgentDefinition; runId: string }): Promise<Record<string, string>>;
  /** Gates between preparation and start; absent: there are none. */
  preFire?: PreFire;
  /** Takes every known secret value out of a text. */
  redact(text: string): string;
  /** The same for what comes in pieces. */
  findSecrets(text: string): FoundSecrets;
}
