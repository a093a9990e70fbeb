import { expect, test } from 'vitest';
import type { ClusterNode } from '../model/node.ts';
import { nodeWait } from './node-wait.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function node(name: string, labels: string[], parts: Partial<ClusterNode> = {}): ClusterNode {
  return {
    name,
    instance: `${name}:1:a`,
    version: '1.0.0',
    labels,
    url: 'http://x',
    started_at: NOW,
    heartbeat_at: NOW,
    running: 0,
    cap: 0,
    draining: false,
    ...parts,
  };
}

function check(labels: string[], nodes: ClusterNode[], expected: string | undefined): void {
  expect(nodeWait({ labels, nodes, now: NOW })).toBe(expected);
}

test('a node that lives and has everything is no reason to wait', () => {
  check(['gpu'], [node('a', ['gpu', 'eu'])], undefined);
  check(['a'], [node('a', [])], undefined);
});

test('the label that nobody has is named', () => {
  check(
    ['gpu', 'eu'],
    [node('a', ['eu'])],
    'No node has the label "gpu", without which it does not start (node_labels).',
  );
  check(['x', 'y'], [], 'No node has any of the labels "x", "y", without which it does not start (node_labels).');
});

test('labels that nobody has together are named together', () => {
  check(
    ['gpu', 'eu'],
    [node('a', ['eu']), node('b', ['gpu'])],
    'No node has all of the labels "gpu", "eu", without which it does not start (node_labels).',
  );
});

test('nodes that have them but may not start anything are named with how they are', () => {
  check(
    ['gpu'],
    [
      node('a', ['gpu'], { draining: true, running: 1 }),
      node('b', ['gpu'], { draining: true }),
      node('c', ['gpu'], { heartbeat_at: NOW - 30_000 }),
      node('d', ['gpu'], { heartbeat_at: 0, draining: true }),
      node('e', []),
    ],
    'It starts only on a node with the label "gpu", and none may start it: a is draining, b is drained, c is silent, d is stopped.',
  );
});
