/** Finding and writing activations and their verdicts. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { NewActivation } from '../activation-store.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import {
  FIND_ACTIVATION,
  INSERT_ACTIVATION,
  INSERT_VERDICT,
  WRITE_PROGRESS,
  storedActivation,
  verdictValues,
} from '../rows/activation-statements.ts';
import { orNull } from '../rows/value.ts';
import type { Connection } from './database.ts';

export function findActivation(connection: Connection, id: string): Promise<ActivationRow | undefined> {
  return connection.one<ActivationRow>(FIND_ACTIVATION, id);
}

const KNOWN = 'select * from activations where id = ? or dedupe_key = ? limit 1';

/** The activation that this one repeats. True for as long as the lock of the intake is held. */
export function findRepeated(connection: Connection, activation: NewActivation): Promise<ActivationRow | undefined> {
  return connection.one<ActivationRow>(KNOWN, activation.id, orNull(activation.dedupe_key));
}

/** Stored as one whose candidates are all still to be considered. */
export async function insertActivation(
  connection: Connection,
  p: { now: EpochMs; activation: NewActivation; gathered?: Activation['gathered'] },
): Promise<{ seq: number; activation: Activation }> {
  const { values, stored } = storedActivation(p);
  const row = await connection.one<{ seq: number }>(`${INSERT_ACTIVATION} returning seq`, ...values);
  return { seq: row!.seq, activation: stored };
}

export async function writeProgress(
  connection: Connection,
  p: { seq: number; matchAfter: number | null; activation: Activation },
): Promise<void> {
  await connection.run(WRITE_PROGRESS, p.matchAfter, p.activation.considered, p.activation.matched, p.seq);
}

export async function insertVerdict(
  connection: Connection,
  p: { activation: number; position: number; verdict: TriggerVerdict },
): Promise<void> {
  await connection.run(INSERT_VERDICT, ...verdictValues(p));
}
