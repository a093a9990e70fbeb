/**
 * The planner's steps: deciding due jobs, placing cursors again, and saying when to look next. A batch is decided with
 * a fixed number of statements, however many jobs are in it, because each one is a journey to the server.
 */
import { AppError } from '../../errors/app-error.ts';
import type { EpochMs } from '../../model/instant.ts';
import { effectiveEnabled, effectiveJob } from '../rows/automation-row.ts';
import type { AutomationRow } from '../rows/automation-row.ts';
import { parked } from '../rows/cursor-placing.ts';
import { parseDefinition } from '../rows/stored-definition.ts';
import type { ReadableDefinition } from '../rows/stored-definition.ts';
import type { AcceptanceFacts } from '../acceptance.ts';
import type { CursorStore, FireDecision, PlannedFire } from '../cursor-store.ts';
import type { Cursor, PlaceCursor } from '../cursor.ts';
import { readFacts, readSpentToday } from './acceptance-facts.ts';
import { AUTOMATION_COLUMNS } from '../rows/automation-statements.ts';
import { placeAgain } from './automation-write.ts';
import { cursorOf, readCursors, writeCursors } from './cursor-row.ts';
import type { CursorRow, CursorToWrite } from './cursor-row.ts';
import type { Connection, Database } from './database.ts';
import { lockNames } from './locks.ts';
import { makeCancellations } from './run-cancellation.ts';
import { createRuns } from './run-creation.ts';
import { insertRuns } from './run-row.ts';
import type { RunToInsert } from './run-row.ts';

type Plan = Parameters<CursorStore['planFires']>[0];

/** A due job under its lock. */
interface DueRow {
  row: AutomationRow;
  cursor: Cursor;
}

const ANY_DUE = 'select 1 as one from cursors where due_at <= ? limit 1';
const LOCK_DUE = `select ${AUTOMATION_COLUMNS} from cursors join automations on automations.seq = cursors.automation
  where cursors.due_at <= ? order by cursors.due_at, cursors.automation limit ?
  for update of automations skip locked`;
const LOCK_ONE = `select ${AUTOMATION_COLUMNS} from automations where id = ? for update skip locked`;

export async function planFires(database: Database, p: Plan): Promise<PlannedFire[]> {
  // An idle tick opens no transaction.
  if ((await database.one(ANY_DUE, p.now)) === undefined) return [];
  try {
    return await database.write(async (connection) => planBatch(connection, p, await lockDue(connection, p)));
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Some decision broke a rule of the schema. One by one, so that it costs its own job the fire and nobody else.
    return planOneByOne(database, p);
  }
}

/** The due jobs that nobody else is deciding, with their cursors as they stand under the lock. */
async function lockDue(connection: Connection, p: { now: EpochMs; limit: number }): Promise<DueRow[]> {
  const rows = await connection.all<AutomationRow>(LOCK_DUE, p.now, p.limit);
  return stillDue(connection, p.now, rows);
}

/** Another node may have decided a job between our look and our lock: its cursor has moved, and is read again here. */
async function stillDue(connection: Connection, now: EpochMs, rows: readonly AutomationRow[]): Promise<DueRow[]> {
  const cursors = await readCursors(
    connection,
    rows.map((row) => row.seq),
  );
  const isDue = (cursor: CursorRow | undefined): cursor is CursorRow => cursor?.due_at != null && cursor.due_at <= now;
  return rows
    .flatMap((row) => {
      const cursor = cursors.get(row.seq);
      return isDue(cursor) ? [{ row, cursor: cursorOf(cursor, row.id) }] : [];
    })
    .toSorted((a, b) => a.cursor.due_at! - b.cursor.due_at! || a.row.seq - b.row.seq);
}

async function planOneByOne(database: Database, p: Plan): Promise<PlannedFire[]> {
  const due = await database.all<{ id: string }>(
    `select automations.id from cursors join automations on automations.seq = cursors.automation
      where cursors.due_at <= ? order by cursors.due_at, cursors.automation limit ?`,
    p.now,
    p.limit,
  );
  const planned: PlannedFire[] = [];
  for (const { id } of due) planned.push(...(await planAlone(database, p, id)));
  return planned;
}

async function planAlone(database: Database, p: Plan, id: string): Promise<PlannedFire[]> {
  const lockOne = async (connection: Connection): Promise<DueRow[]> =>
    stillDue(connection, p.now, await connection.all<AutomationRow>(LOCK_ONE, id));
  try {
    return await database.write(async (connection) => planBatch(connection, p, await lockOne(connection)));
  } catch (error) {
    if (error instanceof AppError) throw error;
    return database.write(async (connection) => {
      const parkings = (await lockOne(connection)).map((due) => park({ now: p.now, due, error: messageOf(error) }));
      await writeCursors(
        connection,
        parkings.map((one) => one.cursor),
      );
      return parkings.map((one) => one.planned);
    });
  }
}

/** What was decided about one due job, not yet written. */
interface Decided {
  due: DueRow;
  read: ReadableDefinition;
  facts: AcceptanceFacts;
  decision: FireDecision;
  enabled: boolean;
}

async function planBatch(connection: Connection, p: Plan, dues: readonly DueRow[]): Promise<PlannedFire[]> {
  const planned = new Map<string, PlannedFire>();
  const cursors: CursorToWrite[] = [];
  const giveUp = (due: DueRow, error: string): void => {
    const parking = park({ now: p.now, due, error });
    planned.set(due.row.id, parking.planned);
    cursors.push(parking.cursor);
  };
  const decided: Decided[] = [];
  for (const one of await readDue(connection, p, dues, giveUp)) {
    const { due, read, facts } = one;
    const enabled = effectiveEnabled(due.row, read.automation);
    try {
      const decision = p.decide({ job: effectiveJob(read.automation, enabled), cursor: due.cursor, facts });
      decided.push({ ...one, decision, enabled });
      cursors.push({ automation: due.row.seq, cursor: decision.cursor, enabled });
    } catch (error) {
      giveUp(due, messageOf(error));
    }
  }
  await writeCursors(connection, cursors);
  for (const fire of await carryOut(connection, p.now, decided)) planned.set(fire.job_id, fire);
  return dues.map(({ row }) => planned.get(row.id)!);
}

/** Definitions and facts of those that can be read; the others are given up. */
async function readDue(
  connection: Connection,
  p: Plan,
  dues: readonly DueRow[],
  giveUp: (due: DueRow, error: string) => void,
): Promise<{ due: DueRow; read: ReadableDefinition; facts: AcceptanceFacts }[]> {
  const readable: { due: DueRow; read: ReadableDefinition }[] = [];
  for (const due of dues) {
    const { id, created_at, updated_at, definition } = due.row;
    const read = parseDefinition(definition, { id, kind: 'job', created_at, updated_at });
    if (read.unreadable === undefined) readable.push({ due, read });
    else giveUp(due, read.unreadable);
  }
  if (readable.length === 0) return [];
  const facts = await readFacts(connection, {
    now: p.now,
    wanted: readable.map(({ due, read }) => ({ automationId: due.row.id, readable: read })),
    // Planning spends nothing, so one look serves the whole batch.
    spentToday: await readSpentToday(connection, p.daily_since),
  });
  return readable.map((one, i) => ({ ...one, facts: facts[i]! }));
}

/** Cancellations and runs. The ordinary decision, one run of an idle job, is one row in one statement for all. */
async function carryOut(connection: Connection, now: EpochMs, decided: readonly Decided[]): Promise<PlannedFire[]> {
  const simple = decided.filter(isSimple);
  const rows = simple.flatMap((one) => one.decision.runs.map((run) => rowOf(now, one, run)));
  const created = await insertRuns(connection, rows);
  let at = 0;
  const planned = simple.map((one) => {
    const fire = plannedFire(one);
    for (const run of one.decision.runs) {
      const row = created[at];
      at += 1;
      if (row === undefined) fire.already_claimed.push(run.fire_id);
      else fire.runs.push(row);
    }
    return fire;
  });
  for (const one of decided) if (!isSimple(one)) planned.push(await carryOutAlone(connection, now, one));
  return planned;
}

/** Places of several waiting runs of one automation depend on one another, and so does what is canceled for them. */
function isSimple({ decision, facts }: Decided): boolean {
  const waiting = decision.runs.filter((run) => run.status === 'scheduled').length;
  return decision.cancellations.length === 0 && (waiting === 0 || (waiting === 1 && facts.unfinished.length === 0));
}

function rowOf(now: EpochMs, one: Decided, run: FireDecision['runs'][number]): RunToInsert {
  const place = run.available_at > now ? 'later' : 'ready';
  return { now, automation: one.read.automation, run, queue: run.status === 'canceled' ? null : place };
}

async function carryOutAlone(connection: Connection, now: EpochMs, one: Decided): Promise<PlannedFire> {
  const { decision, facts, read, due } = one;
  const { cancellations } = decision;
  const made = await makeCancellations(connection, { now, automationId: due.row.id, cancellations });
  const alone = facts.unfinished.length === 0;
  const { automation } = read;
  const { runs, existing } = await createRuns(connection, { now, automation, runs: decision.runs, alone });
  return { ...plannedFire(one), ...made, runs, already_claimed: existing.map((run) => run.fire_id) };
}

function plannedFire({ due, decision }: Decided): PlannedFire {
  const { parked_error: error } = decision.cursor;
  return { ...nothingPlanned(due.row.id), ...(error === undefined ? {} : { parked_error: error }) };
}

function nothingPlanned(jobId: string): PlannedFire {
  return { job_id: jobId, runs: [], already_claimed: [], canceled_run_ids: [], cancel_requested_run_ids: [] };
}

function park(p: { now: EpochMs; due: DueRow; error: string }): { cursor: CursorToWrite; planned: PlannedFire } {
  const { now, due, error } = p;
  const cursor = parked({ cursor: due.cursor, jobId: due.row.id, error, now });
  return {
    cursor: { automation: due.row.seq, cursor, enabled: false },
    planned: { ...nothingPlanned(due.row.id), parked_error: error },
  };
}

/** Jobs per transaction, so that whatever else is due comes in between. */
const REPLACE_BATCH = 200;
const FROM = `select ${AUTOMATION_COLUMNS} from cursors join automations on automations.seq = cursors.automation`;
const REPLACE = {
  all: `${FROM} where cursors.automation > ? order by cursors.automation limit ${REPLACE_BATCH} for update of automations`,
  parked: `${FROM} where parked_error is not null and cursors.automation > ?
    order by cursors.automation limit ${REPLACE_BATCH} for update of automations`,
};

export async function replaceCursors(
  database: Database,
  p: { now: EpochMs; which: 'parked' | 'all'; placeCursor: PlaceCursor },
): Promise<{ parked: number }> {
  for (let after = 0; ;) {
    const from = after;
    const rows = await database.write(async (connection) => {
      // Holds many automations while it waits for the next, as a sync does: one of them at a time.
      await lockNames(connection);
      const batch = await connection.all<AutomationRow>(REPLACE[p.which], from);
      for (const row of batch) await replaceOne(connection, p, row);
      return batch;
    });
    const last = rows.at(-1);
    if (last === undefined || rows.length < REPLACE_BATCH) break;
    after = last.seq;
  }
  const counted = await database.one<{ count: number }>(
    'select count(*) as count from cursors where parked_error is not null',
  );
  return { parked: counted?.count ?? 0 };
}

async function replaceOne(
  connection: Connection,
  p: { now: EpochMs; placeCursor: PlaceCursor },
  row: AutomationRow,
): Promise<void> {
  const { id, created_at, updated_at, definition } = row;
  const read = parseDefinition(definition, { id, kind: 'job', created_at, updated_at });
  if (read.unreadable !== undefined) {
    const cursor = (await readCursors(connection, [row.seq])).get(row.seq);
    if (cursor === undefined) return;
    const parking = park({ now: p.now, due: { row, cursor: cursorOf(cursor, id) }, error: read.unreadable });
    return writeCursors(connection, [parking.cursor]);
  }
  const job = effectiveJob(read.automation, effectiveEnabled(row, read.automation));
  await placeAgain(connection, { now: p.now, automation: row.seq, job, previous: job, placeCursor: p.placeCursor });
}

const NEXT_WAKE = `select least(
  (select min(due_at) from cursors where due_at > ?),
  (select min(available_at) from runs where queue = 'later' and available_at > ?),
  (select min(expires_at) from runs where queue is not null and expires_at > ?),
  (select min(due_at) from gatherings where due_at > ?),
  (select min(lease_expires_at) from tasks where status = 'claimed' and lease_expires_at > ?)) as at`;

export async function nextWakeAt(connection: Connection, p: { after: EpochMs }): Promise<EpochMs | undefined> {
  return (
    (await connection.one<{ at: EpochMs | null }>(NEXT_WAKE, p.after, p.after, p.after, p.after, p.after))?.at ??
    undefined
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
