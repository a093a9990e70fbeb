/** What a gate before a run is asked, and what it may answer. */
import type { ClaimedRun } from '../store/run-store.ts';

export type PreFireAnswer = { prompt: string } | { status: 'canceled' | 'failed'; reason: 'hook'; error: string };

/** Never rejects. Resolves soon after `signal` aborts, because the run is to end. */
export type PreFire = (p: { claimed: ClaimedRun; prompt: string; signal: AbortSignal }) => Promise<PreFireAnswer>;
