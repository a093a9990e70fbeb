/**
 * Sees everything: each durable step with the rows it changed, each process. Writes the event log, keeps the histories
 * of the jobs, and asks the checkers. The first broken promise ends the simulation.
 */
import { AppError } from '../../src/errors/app-error.ts';
import type { EpochMs } from '../../src/model/instant.ts';
import type { Automation } from '../../src/model/automation.ts';
import type { RunRow } from '../../src/store/rows/run-row.ts';
import type { ClaimCaps } from '../../src/store/run-store.ts';
import type { AgentProcess } from './agent-world.ts';
import type { RowChange } from './change-log.ts';
import type { Checker, Reality } from './checker.ts';
import type { EventLog } from './event-log.ts';
import type { StepObserver, StoreStep } from './flaky-store.ts';
import { JobHistory } from './job-history.ts';
import type { SimHome } from './sim-home.ts';

export interface Violation {
  checker: string;
  promise: string;
  sentence: string;
  events: string[];
}

export interface WitnessParams {
  home: SimHome;
  log: EventLog;
  checkers: readonly Checker[];
  caps: ClaimCaps;
  timezone: () => string;
  living: () => AgentProcess[];
  allProcesses: () => AgentProcess[];
  now: () => number;
  wallNow: () => EpochMs;
}

interface DefinitionRow {
  definition: string;
  overlay_enabled: 0 | 1 | null;
  paused_at?: number | null;
}

const UNFINISHED = `select * from runs where automation_id = ? and status in ('scheduled', 'running') order by seq`;

/** Events shown with a violation. */
const SHOWN_MAX = 60;

export class Witness implements StepObserver {
  violation: Violation | undefined;
  readonly counts = { steps: 0, refusals: 0, starts: 0 };
  readonly #p: WitnessParams;
  #lastTroubleAt = 0;
  readonly #jobs = new Map<string, JobHistory>();
  /** Read since the last step: all checkers look at the same rows. */
  readonly #rows = new Map<string, RunRow | undefined>();

  constructor(p: WitnessParams) {
    this.#p = p;
  }

  get jobs(): ReadonlyMap<string, JobHistory> {
    return this.#jobs;
  }

  /** As they effectively are. */
  automations(): Automation[] {
    return [...this.#jobs.values()].flatMap(({ job }) => (job === undefined ? [] : [job]));
  }

  /** Any question to the database. */
  ask<Row>(sql: string): Row[] {
    return this.#p.home.connection.all<Row>(sql);
  }

  /** Whoever told this event was answered that it is taken in. */
  acknowledged(eventId: string): void {
    for (const checker of this.#p.checkers) checker.onAcknowledged?.({ eventId }, this.#reality(checker));
  }

  /** A worker was answered that its work is taken in. */
  taskDone(p: { taskId: string; by: string }): void {
    this.#p.log.add(`worker ${p.by} did ${p.taskId}`);
    for (const checker of this.#p.checkers) checker.onTaskDone?.(p, this.#reality(checker));
  }

  afterEffect(step: StoreStep): void {
    this.counts.steps += 1;
    this.#rows.clear();
    const changes = this.#p.home.changes.take();
    for (const change of changes) this.#logChange(step, change);
    for (const checker of this.#p.checkers) checker.onStep?.({ step, changes }, this.#reality(checker));
    this.#followDefinitions(step, changes);
  }

  afterAnswer(step: StoreStep, answer: unknown): void {
    for (const checker of this.#p.checkers) checker.onAnswer?.({ step, answer }, this.#reality(checker));
  }

  onRefusal(step: StoreStep, error: unknown): void {
    this.counts.refusals += 1;
    this.trouble(0);
    const code = error instanceof AppError ? error.code : String(error);
    this.#p.log.add(`!! ${step.name} failed: ${code} ${idsIn(step)}`);
    if (!(error instanceof AppError)) {
      this.report({
        checker: 'errors',
        promise: 'a step of the store answers or throws one of the errors of the port',
        sentence: `${step.name} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        about: [step.name],
      });
    }
  }

  onAgentStart(process: AgentProcess): void {
    const { pid, runId, automationId, attempt } = process;
    if (process.isChild) {
      this.#p.log.add(
        `agent process ${pid} of ${runId} is a child that stays (stubborn ${process.stubbornness} times)`,
      );
      return;
    }
    this.counts.starts += 1;
    this.#p.log.add(`agent process ${pid} of ${runId} (attempt ${attempt}, ${automationId}) began`);
    for (const checker of this.#p.checkers) checker.onAgentStart?.(process, this.#reality(checker));
  }

  onAgentResume(process: AgentProcess): void {
    this.#p.log.add(`agent process ${process.pid} of ${process.runId} was answered and goes on`);
    for (const checker of this.#p.checkers) checker.onAgentResume?.(process, this.#reality(checker));
  }

  onAgentEnd(process: AgentProcess, why: string): void {
    const child = process.isChild ? 'child ' : '';
    this.#p.log.add(`agent process ${child}${process.pid} of ${process.runId} (${process.automationId}) ended: ${why}`);
  }

  /** Something happens that may hold things up for so long. */
  trouble(forMs: number): void {
    this.#lastTroubleAt = Math.max(this.#lastTroubleAt, this.#p.now() + forMs);
  }

  checkEnd(): void {
    for (const checker of this.#p.checkers) checker.atEnd?.(this.#reality(checker));
  }

  report(p: { checker: string; promise: string; sentence: string; about: readonly string[] }): void {
    if (this.violation !== undefined) return;
    this.#p.log.add(`## VIOLATION of ${p.checker}: ${p.sentence}`);
    const { checker, promise, sentence } = p;
    this.violation = { checker, promise, sentence, events: this.#p.log.about(p.about, SHOWN_MAX) };
  }

  #reality(checker: Checker): Reality {
    const { home, caps, timezone, living, allProcesses, now, wallNow } = this.#p;
    return {
      jobs: this.#jobs,
      caps,
      timezone: timezone(),
      living,
      allProcesses,
      now,
      lastTroubleAt: () => this.#lastTroubleAt,
      wallNow,
      findRun: (id) => this.#findRun(id),
      unfinishedOf: (id) => home.connection.all<RunRow>(UNFINISHED, id),
      all: (sql, ...values) => home.connection.all(sql, ...values),
      fail: (sentence, about) => this.report({ checker: checker.name, promise: checker.promise, sentence, about }),
    };
  }

  #findRun(id: string): RunRow | undefined {
    if (!this.#rows.has(id)) {
      this.#rows.set(id, this.#p.home.connection.one<RunRow>('select * from runs where id = ?', id));
    }
    return this.#rows.get(id);
  }

  #followDefinitions(step: StoreStep, changes: readonly RowChange[]): void {
    const written = new Set(
      changes.filter((change) => change.table === 'automations').map((change) => change.automationId),
    );
    for (const id of written) {
      let history = this.#jobs.get(id);
      if (history === undefined) this.#jobs.set(id, (history = new JobHistory(id)));
      const now = typeof step.params['now'] === 'number' ? step.params['now'] : this.#p.wallNow();
      history.write({ job: this.#readJob(id), now, timezone: this.#p.timezone() });
    }
    if (step.name === 'replaceCursors' && step.params['which'] === 'all') this.#followZone(Number(step.params['now']));
  }

  /** Placed again, all of them: the default zone may be another. */
  #followZone(now: EpochMs): void {
    for (const [id, history] of this.#jobs) {
      if (history.job !== undefined) history.write({ job: this.#readJob(id), now, timezone: this.#p.timezone() });
    }
  }

  /** As it effectively is: switched off by an overlay or a pause, too. */
  #readJob(id: string): Automation | undefined {
    const row = this.#p.home.connection.one<DefinitionRow>('select * from automations where id = ?', id);
    if (row === undefined) return undefined;
    const written = JSON.parse(row.definition) as Automation;
    const enabled = row.overlay_enabled === null ? written.enabled : row.overlay_enabled === 1;
    return { ...written, enabled: enabled && row.paused_at == null };
  }

  #logChange(step: StoreStep, change: RowChange): void {
    const { log } = this.#p;
    if (change.table === 'runs' && change.op !== 'delete') {
      const row = this.#findRun(change.runId);
      const facts = [
        `attempt ${row?.attempt}`,
        row?.kind,
        row?.scheduled_at === null ? '' : `for ${iso(row?.scheduled_at)}`,
        row?.reason === null ? '' : `reason ${row?.reason}`,
        row?.missed_count == null ? '' : `missed ${row.missed_count} ${iso(row.missed_first)}..${iso(row.missed_last)}`,
        row?.status === 'scheduled' ? `available ${iso(row.available_at)} accepted ${iso(row.accepted_at)}` : '',
        change.op === 'update' && change.cancelRequested ? 'END REQUESTED' : '',
      ].filter(Boolean);
      const from = change.op === 'update' ? `${change.from} → ` : '';
      log.add(`${step.name}: ${change.runId} of ${change.automationId} ${from}${change.to} (${facts.join(', ')})`);
      return;
    }
    log.add(`${step.name}: ${change.table} ${change.op} ${change.automationId}${this.#cursorText(change)}`);
  }

  #cursorText(change: RowChange): string {
    if (change.table !== 'cursors' || change.op === 'delete') return '';
    const cursor = this.#p.home.connection.one<{ next_run_at: number | null; due_at: number | null }>(
      'select next_run_at, due_at from cursors join automations on seq = automation where id = ?',
      change.automationId,
    );
    return ` next ${iso(cursor?.next_run_at)} due ${iso(cursor?.due_at)}`;
  }
}

function iso(at: number | null | undefined): string {
  return at === null || at === undefined ? 'never' : new Date(at).toISOString();
}

function idsIn(step: StoreStep): string {
  const { id, run_id, automation_id } = step.params;
  return [id, run_id, automation_id].filter((value) => typeof value === 'string').join(' ');
}
