/**
 * What a node may start: nothing while it is drained, and otherwise the runs all of whose labels it has, those of their
 * workspaces included. Decided by what the node announced last, in the step that claims.
 */
import { labelsOf, missingLabels, offeredLabels } from '../../model/node.ts';
import { nodeOf, type NodeRow } from './node-row.ts';

export const OWN_NODE = 'select * from nodes where instance = ?';
export const LABELED_WORKSPACES = `select id, node_labels from workspaces where node_labels <> ''`;

export class Fitness {
  /** Drained: nothing new starts there. */
  readonly isDrained: boolean;
  /** What it has to offer; a node that never announced itself has nothing. */
  readonly offered: readonly string[];
  /** Those that do not live on it. */
  readonly absentWorkspaces: readonly string[];
  readonly #offered: ReadonlySet<string>;
  readonly #absent: ReadonlySet<string>;

  constructor(p: { node: NodeRow | undefined; workspaces: readonly { id: string; node_labels: string }[] }) {
    this.isDrained = p.node?.draining === 1;
    this.#offered = p.node === undefined ? new Set() : offeredLabels(nodeOf(p.node));
    this.offered = [...this.#offered];
    this.absentWorkspaces = p.workspaces.filter((one) => !this.#hasAll(one.node_labels)).map(({ id }) => id);
    this.#absent = new Set(this.absentWorkspaces);
  }

  fits(lane: { workspace_id: string; node_labels: string }): boolean {
    return !this.#absent.has(lane.workspace_id) && this.#hasAll(lane.node_labels);
  }

  #hasAll(text: string): boolean {
    return text === '' || missingLabels(labelsOf(text), this.#offered).length === 0;
  }
}
