/** Which areas the pruner keeps tidy, with the bounds of the configuration, and where worktrees of runs lie. */
import path from 'node:path';
import type { LoadedConfig } from '../config/load-config.ts';
import type { PruneStep } from '../engine/pruner.ts';
import { deliveryStep, eventStep, runStep, taskStep, transcriptStep, worktreeStep } from '../engine/retention-steps.ts';
import type { RetentionBounds } from '../engine/retention-steps.ts';
import type { Worktrees } from '../engine/worktrees.ts';
import type { Store } from '../store/store.ts';
import { createGit } from '../worktrees/git.ts';
import { createGitWorktrees } from '../worktrees/git-worktrees.ts';

/** In this order. A new area adds its step here. */
export function pruneSteps(p: { store: Store; worktrees: Worktrees; config(): LoadedConfig }): PruneStep[] {
  const bounds = (): RetentionBounds => {
    const { runs, transcripts, events, deliveries } = p.config().retention;
    return {
      runs: { maxAgeMs: runs.max_age_ms, maxCount: runs.max_count },
      transcripts: { maxAgeMs: transcripts.max_age_ms, maxBytes: transcripts.max_bytes },
      events: { maxAgeMs: events.max_age_ms },
      deliveries: { maxAgeMs: deliveries.max_age_ms },
    };
  };
  const needs = { store: p.store, bounds };
  return [
    transcriptStep(needs),
    runStep(needs),
    taskStep(needs),
    deliveryStep(needs),
    eventStep(needs),
    worktreeStep(p),
  ];
}

export function worktreesOf(p: { home: string; environment: Readonly<Record<string, string | undefined>> }): Worktrees {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'HOME']) {
    const value = p.environment[name];
    if (value !== undefined) env[name] = value;
  }
  return createGitWorktrees({ folder: path.join(p.home, 'worktrees'), git: createGit({ env }) });
}
