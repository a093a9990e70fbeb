/**
 * Which secret references the files hold, and where. A reference to something that is not there would be found out at
 * the worst moment, when something fires; whoever has a way to try them says so before.
 */
import type { ConfigProblem } from './config-problem.ts';
import type { EntryLayers } from './key-reader.ts';
import { ProblemList, type Spot } from './problem-list.ts';
import { isTable } from './value-key.ts';

export interface SecretUse {
  reference: string;
  spot: Spot;
}

/** Keys that hold a reference, by the list whose entries have them. The values of `agents.<name>.env` may be ones too. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  agents: ['secret_ref'],
  'automation.triggers': ['webhook_secret_ref', 'webhook_previous_secret_ref'],
  hooks: ['secret_ref'],
};

const referencePattern = /^(?:env|file|vault):/u;

export function secretUses(entries: ReadonlyMap<string, readonly EntryLayers[]>): SecretUse[] {
  const uses: SecretUse[] = [];
  for (const [list, keys] of Object.entries(KEYS)) {
    for (const { table, source, path } of (entries.get(list) ?? []).flatMap((entry) => entry.layers)) {
      const take = (value: unknown, within: readonly string[]): void => {
        if (typeof value !== 'string' || !referencePattern.test(value.trim())) return;
        uses.push({ reference: value.trim(), spot: { source, path: [...path, ...within] } });
      };
      for (const key of keys) take(table[key], [key]);
      const env = table['env'];
      if (list !== 'agents' || !isTable(env)) continue;
      for (const [name, value] of Object.entries(env)) take(value, ['env', name]);
    }
  }
  return uses;
}

/** `problemOf` says why a reference cannot be resolved, or undefined; each reference is tried once. */
export async function noteMissingSecrets(
  uses: readonly SecretUse[],
  problemOf: (reference: string) => Promise<string | undefined>,
): Promise<ConfigProblem[]> {
  const notes = new ProblemList();
  for (const [reference, users] of Map.groupBy(uses, (use) => use.reference)) {
    const problem = await problemOf(reference);
    if (problem === undefined) continue;
    for (const { spot } of users) notes.add(spot, { code: 'secret_unavailable', message: `${problem}.` });
  }
  return notes.all;
}
