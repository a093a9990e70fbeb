/**
 * What taking files into effect would do to the definitions that are in force: created, deleted, changed by which
 * fields, and renamed, which is a deletion and a creation that people do not expect. Pure.
 */
import { jobKeys, triggerKeys } from './keys/automation-keys.ts';

/** A definition as files or the daemon give it; fields beside the definition's own are not looked at. */
export interface DiffedDefinition {
  kind: 'job' | 'trigger';
  id: string;
  name: string;
  workspace_id?: string | undefined;
  fields: Readonly<Record<string, unknown>>;
}

export type DefinitionChange = {
  kind: 'job' | 'trigger';
  name: string;
  workspace_id?: string;
} & (
  | { change: 'created' | 'deleted' }
  | { change: 'changed'; fields: string[] }
  /** Deleted under `former_name` and created under its name: it starts anew. */
  | { change: 'renamed'; former_name: string }
);

/** How files call two of the model's fields; `name` is the identity and `scope` follows from the workspace. */
const MODEL_NAMES: Readonly<Record<string, string>> = { agent: 'agent_name', workspace: 'workspace_id' };
const IDENTITY: readonly string[] = ['name', 'scope', 'workspace_id'];

const FIELDS: readonly string[] = [...new Set([...Object.keys(jobKeys), ...Object.keys(triggerKeys)])]
  .map((name) => MODEL_NAMES[name] ?? name)
  .filter((name) => !IDENTITY.includes(name))
  .toSorted();

export function diffDefinitions(p: {
  inForce: readonly DiffedDefinition[];
  written: readonly DiffedDefinition[];
}): DefinitionChange[] {
  const before = new Map(p.inForce.map((one) => [one.id, one]));
  const after = new Map(p.written.map((one) => [one.id, one]));
  const changed = p.written.flatMap((one) => {
    const former = before.get(one.id);
    const fields = former === undefined ? [] : differingFields(former, one);
    return fields.length === 0 ? [] : [{ ...labelOf(one), change: 'changed' as const, fields }];
  });
  const gone = p.inForce.filter(({ id }) => !after.has(id));
  const come = p.written.filter(({ id }) => !before.has(id));
  const renamed = pairs(gone, come);
  const isPaired = (one: DiffedDefinition): boolean => renamed.some(({ from, to }) => from === one || to === one);
  return [
    ...come.filter((one) => !isPaired(one)).map((one) => ({ ...labelOf(one), change: 'created' as const })),
    ...renamed.map(({ from, to }) => ({ ...labelOf(to), change: 'renamed' as const, former_name: from.name })),
    ...changed,
    ...gone.filter((one) => !isPaired(one)).map((one) => ({ ...labelOf(one), change: 'deleted' as const })),
  ];
}

function labelOf({ kind, name, workspace_id }: DiffedDefinition): {
  kind: 'job' | 'trigger';
  name: string;
  workspace_id?: string;
} {
  return { kind, name, ...(workspace_id === undefined ? {} : { workspace_id }) };
}

function differingFields(a: DiffedDefinition, b: DiffedDefinition): string[] {
  return FIELDS.filter((field) => textOf(a.fields[field]) !== textOf(b.fields[field]));
}

/** What goes and what comes with nothing but another name; each is taken once. */
function pairs(
  gone: readonly DiffedDefinition[],
  come: readonly DiffedDefinition[],
): { from: DiffedDefinition; to: DiffedDefinition }[] {
  const left = [...gone];
  return come.flatMap((to) => {
    const at = left.findIndex(
      (from) =>
        from.kind === to.kind && from.workspace_id === to.workspace_id && differingFields(from, to).length === 0,
    );
    return at === -1 ? [] : [{ from: left.splice(at, 1)[0]!, to }];
  });
}

/** Objects by their sorted keys: the order in which somebody writes fields is no difference. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}
