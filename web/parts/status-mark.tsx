/** A status as a shape and a colour, so that neither is ever alone; the same six everywhere. */
import type { RunReason, RunStatus } from '../../src/model/run.ts';
import './status-mark.css';

export const STATUS_WORDS: Readonly<Record<RunStatus, string>> = {
  scheduled: 'waiting',
  running: 'running',
  delegated: 'handed over',
  completed: 'completed',
  failed: 'failed',
  canceled: 'did not run',
};

/** What a canceled run is called by its reason. */
const CANCELED_WORDS: Partial<Record<RunReason, string>> = {
  misfire: 'missed',
  overlap: 'skipped',
  fire_limit: 'over the limit',
  budget: 'over budget',
  queue_timeout: 'waited too long',
  paused: 'paused',
  user: 'canceled',
  shutdown: 'stopped with the daemon',
  timeout: 'timed out',
  permission: 'not permitted',
  hook: 'stopped by a hook',
  loop_guard: 'stopped as a loop',
};

export function statusWord(run: { status: RunStatus; reason?: RunReason | undefined }): string {
  if (run.status !== 'canceled' || run.reason === undefined) return STATUS_WORDS[run.status];
  return CANCELED_WORDS[run.reason] ?? STATUS_WORDS.canceled;
}

/** Decorative: whoever shows it says the word beside it, or gives `label`. */
export function StatusMark({ status, label }: { status: RunStatus; label?: string }) {
  const said = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg className={`mark mark-${status}`} viewBox="0 0 12 12" width={12} height={12} {...said}>
      <StatusShape status={status} />
    </svg>
  );
}

function StatusShape({ status }: { status: RunStatus }) {
  switch (status) {
    case 'completed':
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />;
    case 'running':
      return (
        <g className="mark-turning">
          <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.4" />
          <path d="M6 1.2a4.8 4.8 0 0 1 0 9.6z" fill="currentColor" />
        </g>
      );
    case 'scheduled':
      return <circle cx="6" cy="6" r="4.1" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case 'delegated':
      return <path d="M6 .9 11.1 6 6 11.1.9 6z" fill="none" stroke="currentColor" strokeWidth="1.5" />;
    case 'failed':
      return <path d="m2.2 2.2 7.6 7.6m0-7.6-7.6 7.6" stroke="currentColor" strokeWidth="2.1" strokeLinecap="round" />;
    case 'canceled':
      return <rect x="1" y="4.3" width="10" height="3.4" rx="0.8" fill="currentColor" />;
  }
}
