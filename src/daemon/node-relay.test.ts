import { beforeEach, describe, expect, test } from 'vitest';
import { type Happening, HappeningBus } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import type { TranscriptEntry } from '../model/session.ts';
import { CHANNEL_BYTES_MAX } from '../store/node-channel.ts';
import { ClusterBus } from './cluster-bus.ts';
import { NodeRelay } from './node-relay.ts';

const RUN = { id: 'run_1', status: 'running', attempt: 1, kind: 'manual', created_at: 0 } as Run;
const ENTRY = { seq: 3, at: 1, kind: 'message', text: 'hello' } as TranscriptEntry;

/** Two nodes on one channel that delivers at once. */
interface Node {
  local: HappeningBus;
  cluster: ClusterBus;
  relay: NodeRelay;
  /** What it put on the channel. */
  said: string[];
  pokes: number;
  nodesLooks: number;
  /** Reads of transcripts. */
  reads: object[];
  hear: (heard: { text: string } | { missed: true }) => void;
}

function openNode(others: () => Node[]): Node {
  const local = new HappeningBus();
  const cluster = new ClusterBus(local);
  const node = { local, cluster, said: [], pokes: 0, nodesLooks: 0, reads: [] } as unknown as Node;
  node.relay = new NodeRelay({
    local,
    cluster,
    poke: () => (node.pokes += 1),
    onNodesChanged: () => (node.nodesLooks += 1),
    channel: {
      tell(text) {
        node.said.push(text);
        for (const other of others()) other.hear({ text });
      },
      listen(listener) {
        node.hear = listener;
        return () => (node.hear = () => undefined);
      },
    },
    store: {
      async readTranscript(p) {
        node.reads.push(p);
        return [ENTRY];
      },
    },
  });
  return node;
}

let a: Node;
let b: Node;

beforeEach(() => {
  a = openNode(() => [b]);
  b = openNode(() => [a]);
});

function watch(node: Node): Happening[] {
  const heard: Happening[] = [];
  node.cluster.subscribe((happening) => heard.push(happening));
  return heard;
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

describe('what happens on one node', () => {
  test('is heard by who watches the other one, and wakes its engine; its own bus hears nothing of it', () => {
    const heard = watch(b);
    const own: Happening[] = [];
    b.local.subscribe((happening) => own.push(happening));
    a.local.report({ type: 'run.claimed', at: 1, run: RUN });
    expect(heard).toEqual([{ type: 'run.claimed', at: 1, run: RUN }]);
    expect([own, b.pokes]).toEqual([[], 1]);
  });

  test('is not told on by who only heard it', () => {
    a.local.report({ type: 'run.claimed', at: 1, run: RUN });
    expect([a.said.length, b.said.length]).toEqual([1, 0]);
  });

  test('travels without its long texts', () => {
    const heard = watch(b);
    const run = { ...RUN, prompt: 'p'.repeat(100_000), output: 'o'.repeat(100_000) };
    a.local.report({ type: 'run.finished', at: 1, run, will_retry: false });
    expect(heard).toEqual([{ type: 'run.finished', at: 1, run: RUN, will_retry: false }]);
  });

  test('wakes the other one even when it is too long to be told', () => {
    const heard = watch(b);
    const error = 'e'.repeat(CHANNEL_BYTES_MAX);
    a.local.report({ type: 'run.finished', at: 1, run: { ...RUN, error }, will_retry: false });
    expect(heard).toEqual([]);
    expect(a.said).toEqual(['{"wake":true}']);
    expect(b.pokes).toBe(1);
  });

  test('is not told when it is about that node alone', () => {
    a.local.report({ type: 'daemon.started', at: 1, url: 'x' });
    a.local.report({ type: 'service.failed', at: 1, service: 'engine', error: 'x' });
    a.local.report({ type: 'config.loaded', at: 1, created: 0, changed: 0, deleted: 0, problems: 0 });
    expect(a.said).toEqual([]);
  });
});

describe('what an agent says', () => {
  const say = (): void =>
    a.local.report({ type: 'transcript.appended', at: 1, run_id: 'run_1', session_id: 'ses_1', entries: [ENTRY] });

  test('is fetched from the store by a node that somebody watches', async () => {
    const heard = watch(b);
    say();
    await turns();
    expect(b.reads).toEqual([{ session_id: 'ses_1', after_seq: 2, limit: 200 }]);
    expect(heard).toMatchObject([{ type: 'transcript.appended', run_id: 'run_1', entries: [ENTRY] }]);
  });

  test('costs a node that nobody watches nothing', async () => {
    say();
    await turns();
    expect([b.reads, b.pokes]).toEqual([[], 0]);
  });
});

test('waking is said once per turn, however often it is asked for', async () => {
  for (let i = 0; i < 50; i += 1) a.relay.wake();
  await turns();
  expect(a.said).toEqual(['{"wake":true}']);
  expect(b.pokes).toBe(1);
});

test('a drain makes the others look who it is about', () => {
  a.relay.nodesChanged();
  expect([a.nodesLooks, b.nodesLooks, b.pokes]).toEqual([0, 1, 0]);
});

test('a node that missed something looks at everything; words of another version are passed over', () => {
  b.hear({ missed: true });
  for (const text of ['', 'no json', '7', 'null', '{"later":1}']) b.hear({ text });
  // An unknown word is a reason to look, never an error.
  expect(b.pokes).toBeGreaterThan(0);
});

test('a closed relay says and hears nothing any more', () => {
  b.relay.close();
  const heard = watch(b);
  a.local.report({ type: 'run.claimed', at: 1, run: RUN });
  b.local.report({ type: 'run.claimed', at: 1, run: RUN });
  expect([heard.length, b.said.length, b.pokes]).toEqual([1, 0, 0]);
});
