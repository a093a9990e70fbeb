/** How worktrees are made and taken away; the daemon hands in git. */
export interface Worktrees {
  /**
   * A worktree of the repository that `folder` lies in, at its current commit. `cwd` is the place in it that
   * corresponds to `folder`. Repeating it for the same run gives the same one. Rejects with an `AppError`.
   */
  open(p: { folder: string; runId: string; name: string }): Promise<{ cwd: string }>;
  /** Takes it away; `kept` says in a sentence why it is still there. Never rejects. */
  close(p: { runId: string }): Promise<{ kept?: string }>;
  /** Takes away those of runs that are over, of this process or an earlier one. */
  sweep(p: { isOver(runId: string): Promise<boolean> }): Promise<void>;
}
