/**
 * Between the nodes of a cluster: what happened here is told to the others, so that they look at the store at once and
 * show it to whoever watches there. All of it is a bell; a node that hears nothing is half a second later, and shows what
 * it did not hear when it is asked for the list.
 */
import type { Happening, HappeningBus } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import { CHANNEL_BYTES_MAX } from '../store/node-channel.ts';
import type { NodeChannel } from '../store/node-channel.ts';
import type { Store } from '../store/store.ts';
import type { ClusterBus } from './cluster-bus.ts';

/** Said of a node alone: its services, its start, its configuration. */
const OF_ONE_NODE = /^(daemon|service|config)\./;

/** Entries of a transcript that are fetched for one bell. */
const ENTRIES_MAX = 200;

type Told =
  | { wake: true }
  /** Somebody drained a node, or not any more; each looks whether it is the one. */
  | { nodes: true }
  | { happening: Happening }
  | { transcript: { at: number; run_id: string; session_id: string; after_seq: number } };

export class NodeRelay {
  readonly #p: RelayParams;
  readonly #ends: (() => void)[] = [];
  #wakeTold = false;

  constructor(p: RelayParams) {
    this.#p = p;
    this.#ends.push(p.local.subscribe((happening) => this.#tell(happening)));
    this.#ends.push(p.channel.listen((heard) => this.#hear(heard)));
  }

  /** Something changed that others may act on: a definition, a wish to cancel, a free slot. Said once per turn. */
  wake(): void {
    if (this.#wakeTold) return;
    this.#wakeTold = true;
    queueMicrotask(() => {
      this.#wakeTold = false;
      this.#say({ wake: true });
    });
  }

  /** Which nodes are drained has changed. */
  nodesChanged(): void {
    this.#say({ nodes: true });
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  #tell(happening: Happening): void {
    if (OF_ONE_NODE.test(happening.type)) return;
    if (happening.type === 'transcript.appended') {
      const { at, run_id, session_id, entries } = happening;
      const first = entries[0];
      if (first !== undefined) this.#say({ transcript: { at, run_id, session_id, after_seq: first.seq - 1 } });
    } else this.#say({ happening: small(happening) });
  }

  #say(told: Told): void {
    const text = JSON.stringify(told);
    this.#p.channel.tell(Buffer.byteLength(text) > CHANNEL_BYTES_MAX ? JSON.stringify({ wake: true }) : text);
  }

  #hear(heard: { text: string } | { missed: true }): void {
    if ('missed' in heard) return this.#p.poke();
    const told = parse(heard.text);
    if (told === undefined) return;
    if ('nodes' in told) return this.#p.onNodesChanged();
    if ('happening' in told) this.#p.cluster.hear(told.happening);
    if ('transcript' in told) void this.#fetch(told.transcript).catch(() => undefined);
    else this.#p.poke();
  }

  /** What was said is in the store; only somebody who watches makes it worth reading. */
  async #fetch(p: { at: number; run_id: string; session_id: string; after_seq: number }): Promise<void> {
    if (!this.#p.cluster.isWatched) return;
    const { at, run_id, session_id, after_seq } = p;
    const entries = await this.#p.store.readTranscript({ session_id, after_seq, limit: ENTRIES_MAX });
    if (entries.length > 0) this.#p.cluster.hear({ type: 'transcript.appended', at, run_id, session_id, entries });
  }
}

interface RelayParams {
  channel: NodeChannel;
  local: HappeningBus;
  cluster: ClusterBus;
  store: Pick<Store, 'readTranscript'>;
  /** The engine looks at the store now. */
  poke: () => void;
  onNodesChanged: () => void;
}

/** Without the long texts, which whoever wants them reads. */
function small(happening: Happening): Happening {
  if (!('run' in happening)) return happening;
  const { prompt: _prompt, output: _output, ...run } = happening.run;
  return { ...happening, run: run satisfies Run };
}

/** Of another version, perhaps: what is not understood is passed over. */
function parse(text: string): Told | undefined {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === 'object' && told !== null ? (told as Told) : undefined;
  } catch {
    return undefined;
  }
}
