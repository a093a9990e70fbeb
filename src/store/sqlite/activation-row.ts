/** Finding and writing activations and their verdicts. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { NewActivation } from '../activation-store.ts';
import type { ActivationRow } from '../rows/activation-row.ts';
import {
  FIND_ACTIVATION,
  INSERT_ACTIVATION,
  INSERT_VERDICT,
  type MatchProgress,
  WRITE_PROGRESS,
  storedActivation,
  verdictValues,
} from '../rows/activation-statements.ts';
import { orNull } from '../rows/value.ts';
import type { Connection } from './connection.ts';

export function findActivation(connection: Connection, id: string): ActivationRow | undefined {
  return connection.one<ActivationRow>(FIND_ACTIVATION, id);
}

const INSERT_OR_FIND = `${INSERT_ACTIVATION} on conflict do nothing`;
const KNOWN = 'select * from activations where id = ? or dedupe_key = ? limit 1';

/** The activation that this one repeats. */
export function findRepeated(connection: Connection, activation: NewActivation): ActivationRow | undefined {
  return connection.one<ActivationRow>(KNOWN, activation.id, orNull(activation.dedupe_key));
}

/** Undefined when it is there already, under this id or this key. */
export function insertActivation(
  connection: Connection,
  p: { now: EpochMs; activation: NewActivation; gathered?: Activation['gathered']; progress?: MatchProgress },
): { seq: number; activation: Activation } | undefined {
  const { values, stored } = storedActivation(p);
  const { changes, lastInsertRowid } = connection.prepare(INSERT_OR_FIND).run(...values);
  return changes === 0 ? undefined : { seq: Number(lastInsertRowid), activation: stored };
}

export function writeProgress(
  connection: Connection,
  p: { seq: number; matchAfter: number | null; activation: Activation },
): void {
  connection.run(WRITE_PROGRESS, p.matchAfter, p.activation.considered, p.activation.matched, p.seq);
}

export function insertVerdict(
  connection: Connection,
  p: { activation: number; position: number; verdict: TriggerVerdict },
): void {
  connection.run(INSERT_VERDICT, ...verdictValues(p));
}
