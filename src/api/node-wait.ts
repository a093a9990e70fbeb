/** Why no node may start a run that asks for labels, in a sentence. Pure. */
import type { EpochMs } from '../model/instant.ts';
import { type ClusterNode, missingLabels, nodeStateOf, offeredLabels } from '../model/node.ts';

/** Undefined when a node that lives and is not drained has all of them. */
export function nodeWait(p: {
  labels: readonly string[];
  nodes: readonly ClusterNode[];
  now: EpochMs;
}): string | undefined {
  const { labels, nodes, now } = p;
  const fitting = nodes.filter((node) => missingLabels(labels, offeredLabels(node)).length === 0);
  if (fitting.some((node) => nodeStateOf(node, now) === 'live')) return undefined;
  if (fitting.length > 0) {
    const states = fitting.map((node) => `${node.name} is ${nodeStateOf(node, now)}`).join(', ');
    return `It starts only on a node with ${labelList(labels)}, and none may start it: ${states}.`;
  }
  const anywhere = new Set(nodes.flatMap((node) => [...offeredLabels(node)]));
  const missing = missingLabels(labels, anywhere);
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'has' : 'have';
    return `No node ${verb === 'has' ? 'has' : 'has any of'} ${labelList(missing)}, without which it does not start (node_labels).`;
  }
  return `No node has all of ${labelList(labels)}, without which it does not start (node_labels).`;
}

function labelList(labels: readonly string[]): string {
  return `the label${labels.length === 1 ? '' : 's'} ${labels.map((label) => `"${label}"`).join(', ')}`;
}
