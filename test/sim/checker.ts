/**
 * What a checker is: one promise, held against everything that happens. It is told of every step with the rows that it
 * really changed, of every agent process that comes to be, and of the end, when all has become calm. A new promise is a
 * new file in checkers/ and a line in checkers/all-checkers.ts.
 */
import type { EpochMs } from '../../src/model/instant.ts';
import type { RunRow } from '../../src/store/rows/run-row.ts';
import type { ClaimCaps } from '../../src/store/run-store.ts';
import type { AgentProcess } from './agent-world.ts';
import type { RowChange } from './change-log.ts';
import type { StoreStep } from './flaky-store.ts';
import type { JobHistory } from './job-history.ts';

export interface Reality {
  /** Every job there ever was, as it stood before the step that is being told. */
  readonly jobs: ReadonlyMap<string, JobHistory>;
  readonly caps: ClaimCaps;
  readonly timezone: string;
  /** Processes that live right now and whose work counts. */
  living(): AgentProcess[];
  /** Those of nodes that lost their claims, too. */
  allProcesses(): AgentProcess[];
  /** Physical time. */
  now(): number;
  /** When something last went wrong that may hold things up: a step that failed, a stall, a death. */
  lastTroubleAt(): number;
  wallNow(): EpochMs;
  findRun(id: string): RunRow | undefined;
  unfinishedOf(automationId: string): RunRow[];
  /** Any question to the database. */
  all<Row>(sql: string, ...values: (string | number)[]): Row[];
  /** Reports a broken promise; the words select the events that are shown with it. */
  fail(sentence: string, about: readonly string[]): void;
}

export interface Checker {
  readonly name: string;
  /** The promise, in one sentence. */
  readonly promise: string;
  /** A step took effect, with these changes; its answer is not known yet. */
  onStep?(p: { step: StoreStep; changes: readonly RowChange[] }, reality: Reality): void;
  onAnswer?(p: { step: StoreStep; answer: unknown }, reality: Reality): void;
  onAcknowledged?(p: { eventId: string }, reality: Reality): void;
  onTaskDone?(p: { taskId: string; by: string }, reality: Reality): void;
  onAgentStart?(process: AgentProcess, reality: Reality): void;
  /** It waited for a permission and goes on working. */
  onAgentResume?(process: AgentProcess, reality: Reality): void;
  atEnd?(reality: Reality): void;
}
