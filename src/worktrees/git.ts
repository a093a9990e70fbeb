/** One git command: its output, or its last words. Hooks and monitors of the repository do not run: nobody asked them. */
import { execFile } from 'node:child_process';

/** A worktree of a large repository on a slow disk. */
const GIT_MS_MAX = 10 * 60 * 1000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export type GitAnswer = { ok: true; output: string } | { ok: false; error: string };

export type Git = (args: readonly string[], p: { cwd: string }) => Promise<GitAnswer>;

/** `env`: `PATH` and `HOME` as git needs them; nothing else of the daemon's environment. */
export function createGit(p: { env: Readonly<Record<string, string>> }): Git {
  const fixed = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];
  const env = { ...p.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
  return (args, { cwd }) =>
    new Promise((resolve) => {
      const options = { cwd, env, timeout: GIT_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX };
      execFile('git', [...fixed, ...args], options, (error, stdout, stderr) => {
        if (error === null) return resolve({ ok: true, output: stdout.trim() });
        const words = stderr.trim().split('\n').at(-1) || error.message;
        const missing = 'code' in error && error.code === 'ENOENT';
        resolve({ ok: false, error: missing ? 'the program git was not found in PATH' : words });
      });
    });
}
