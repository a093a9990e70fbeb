/**
 * A network of its own on this machine: a namespace per node, each joined by a virtual cable to one bridge, at whose
 * address the server listens. A cable that was cut drops every packet and tells nobody, as a pulled one does: nothing is
 * refused or reset, and what was on its way is sent again when it is mended. Nothing in here has a way beyond the machine.
 * Needs Linux, root and `ip`; is removed at the end of the process at the latest.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const NODES_MAX = 8;

/** Says in one sentence why there can be no such network here. */
export class NetworkNotPermitted extends Error {}

export class NodeNetwork {
  /** Where the server is to listen. */
  readonly serverAddress: string;
  /** All addresses of it, as `10.a.b.0/24`. */
  readonly range: string;
  readonly #prefix: string;
  /** In every name, so that two networks never meet; names of devices hold fifteen characters at most. */
  readonly #suffix = randomInt(36 ** 4, 36 ** 5).toString(36);
  readonly #cables: NodeCable[] = [];
  readonly #closeAtExit = (): void => this.close();

  private constructor() {
    this.#prefix = freePrefix();
    this.serverAddress = `${this.#prefix}.1`;
    this.range = `${this.#prefix}.0/24`;
  }

  static open(): NodeNetwork {
    if (process.platform !== 'linux') throw new NetworkNotPermitted('network namespaces exist on Linux only');
    if (process.getuid?.() !== 0) throw new NetworkNotPermitted('network namespaces need root');
    const network = new NodeNetwork();
    process.once('exit', network.#closeAtExit);
    try {
      ip('link', 'add', network.#bridge, 'type', 'bridge');
      ip('address', 'add', `${network.serverAddress}/24`, 'dev', network.#bridge);
      ip('link', 'set', network.#bridge, 'up');
      return network;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  /** Those that the nodes will have, in their order; no cluster here has more. */
  get nodeAddresses(): string[] {
    return Array.from({ length: NODES_MAX }, (_, i) => `${this.#prefix}.${i + 2}`);
  }

  /** One more node's namespace and its cable. */
  add(): NodeCable {
    const number = this.#cables.length + 1;
    const cable = new NodeCable({
      namespace: `rouse-${this.#suffix}-${number}`,
      device: `rs${this.#suffix}n${number}`,
      address: this.nodeAddresses[number - 1]!,
    });
    this.#cables.push(cable);
    cable.lay(this.#bridge);
    return cable;
  }

  /** Removes all of it. Idempotent. What still runs in a namespace keeps running, with no cable. */
  close(): void {
    process.off('exit', this.#closeAtExit);
    for (const cable of this.#cables.splice(0)) cable.remove();
    attemptIp('link', 'delete', this.#bridge);
  }

  get #bridge(): string {
    return `rs${this.#suffix}`;
  }
}

/** A node's only way to the server, and ours to the node. */
class NodeCable {
  readonly address: string;
  readonly #namespace: string;
  /** The end on the bridge's side: when it goes down, the node's own routes and addresses stay, and nobody is told. */
  readonly #device: string;

  constructor(p: { namespace: string; device: string; address: string }) {
    this.#namespace = p.namespace;
    this.#device = p.device;
    this.address = p.address;
  }

  /** Program and arguments before those of what is to run in the namespace; it becomes that program, under the same pid. */
  get command(): string[] {
    return ['ip', 'netns', 'exec', this.#namespace];
  }

  lay(bridge: string): void {
    ip('netns', 'add', this.#namespace);
    ip('link', 'add', this.#device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#namespace);
    ip('link', 'set', this.#device, 'master', bridge, 'up');
    ip('-n', this.#namespace, 'link', 'set', 'lo', 'up');
    ip('-n', this.#namespace, 'address', 'add', `${this.address}/24`, 'dev', 'eth0');
    ip('-n', this.#namespace, 'link', 'set', 'eth0', 'up');
  }

  cut(): void {
    ip('link', 'set', this.#device, 'down');
  }

  mend(): void {
    ip('link', 'set', this.#device, 'up');
  }

  remove(): void {
    attemptIp('link', 'delete', this.#device);
    attemptIp('netns', 'delete', this.#namespace);
  }
}

/** `10.a.b` of a range to which this machine has no way of its own. */
function freePrefix(): string {
  for (;;) {
    const prefix = `10.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    const ways = ip('route', 'show', 'match', `${prefix}.1`).split('\n');
    if (ways.every((way) => way === '' || way.startsWith('default'))) return prefix;
  }
}

function ip(...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error !== undefined) throw new NetworkNotPermitted(`\`ip\` cannot be started: ${error.message}`);
  if (status === 0) return stdout;
  const told = `\`ip ${args.join(' ')}\` failed: ${stderr.trim()}`;
  throw /not permitted|permission denied/i.test(stderr) ? new NetworkNotPermitted(told) : new Error(told);
}

/** For what may never have been made. */
function attemptIp(...args: string[]): void {
  spawnSync('ip', args, { stdio: 'ignore' });
}
