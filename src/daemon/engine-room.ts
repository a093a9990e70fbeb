/**
 * Everything that acts: the engine with its agents, the hooks, what comes in (events, watched folders), and what tells
 * the other nodes of it. Built here, started by the daemon.
 */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createAcpDriver } from '../agents/acp/acp-driver.ts';
import type { AgentDesk } from '../agents/agent-desk.ts';
import { createCommandDriver } from '../agents/command/command-driver.ts';
import { createHttpDriver } from '../agents/http/http-driver.ts';
import { createProcessCustodian } from '../agents/process/process-custodian.ts';
import { createProcessTable } from '../agents/process/process-table.ts';
import { ActivationIntake } from '../engine/activation-intake.ts';
import { DeliveryIntake } from '../engine/delivery-intake.ts';
import { Engine } from '../engine/engine.ts';
import type { Worktrees } from '../engine/worktrees.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { traceparentOf } from '../telemetry/run-trace.ts';
import { agentEnvironment, passedOn } from './agent-environment.ts';
import { createAgentDesk } from './agent-desk.ts';
import { matchPattern } from './bounded-pattern.ts';
import { ClusterBus } from './cluster-bus.ts';
import type { Endings } from './endings.ts';
import { fileSystemFolders } from './file-system-folders.ts';
import type { Ground } from './ground.ts';
import { createHookHouse, type HookHouse } from './hook-house.ts';
import { worktreesOf } from './housekeeping.ts';
import { NodeRelay } from './node-relay.ts';
import { isGoneHere } from './own-node.ts';
import { rouseCommand } from './own-command.ts';
import { version } from './version.ts';
import { WatchKeeper } from './watch-keeper.ts';

export interface EngineRoom {
  engine: Engine;
  hooks: HookHouse;
  /** What happens on all nodes. */
  cluster: ClusterBus;
  intake: ActivationIntake;
  deliveries: DeliveryIntake;
  watches: WatchKeeper;
  agentDesk: AgentDesk;
  worktrees: Worktrees;
  /** Whoever changed something: this node looks at once, and so do the others. */
  poke(): void;
  /** Which nodes are drained has changed: each looks whether it is the one. */
  nodesChanged(): void;
}

/** `standsBack`: nothing new may start on this node for now. `onNodesChanged`: somebody drained one, here or elsewhere. */
export async function buildEngineRoom(
  ground: Ground,
  p: { standsBack: () => boolean; onNodesChanged: () => void; endings: Endings },
): Promise<EngineRoom> {
  const { clock, bus, store, agents, environment, home, workFolder, secrets, redact } = ground;
  const settings = () => ground.settings.engine();
  const newToken = (): string => randomBytes(16).toString('hex');
  const secretOf = (reference: string): Promise<string> => secrets.resolve(reference);
  const processes = createProcessTable({ clock });
  const drivers = {
    acp: createAcpDriver({ clock, processes, secretOf, rouseCommand: rouseCommand() }),
    command: createCommandDriver({ clock, processes }),
    http: createHttpDriver({ clock, version, secretOf }),
  };
  const late: { intake?: ActivationIntake } = {};
  const hooks = createHookHouse({
    store,
    clock,
    bus,
    processes,
    environment,
    folder: workFolder,
    hooks: () => ground.settings.config.hooks,
    fetch,
    resolveSecret: secretOf,
    redact,
    newToken,
    accept: async (activation) => late.intake?.accept(activation),
  });
  const worktrees = worktreesOf({ home, environment });
  const environmentOf = ({ agent, runId }: { agent: AgentDefinition; runId: string }) =>
    agentEnvironment({
      agent,
      runId,
      home,
      tokens: ground.tokens,
      environment,
      secrets,
      ...(ground.settings.config.daemon.traces_url === null ? {} : { traceparent: traceparentOf(runId) }),
    });
  const engine = new Engine({
    preFire: hooks.preFire,
    store,
    clock,
    bus,
    agents,
    drivers,
    custodian: createProcessCustodian({ clock, processes }),
    node: ground.instance,
    placeCursor: ground.placeCursor,
    newToken,
    settings,
    standsBack: p.standsBack,
    isGone: isGoneHere,
    folders: fileSystemFolders,
    matchPattern,
    workFolder,
    worktrees,
    transcriptBytesMax: ground.settings.config.retention.transcripts.per_run_bytes,
    environmentOf,
    redact,
    findSecrets: ground.findSecrets,
  });
  const cluster = new ClusterBus(bus);
  p.endings.add(cluster.close);
  const relay =
    store.channel === undefined
      ? undefined
      : new NodeRelay({
          channel: store.channel,
          local: bus,
          cluster,
          store,
          poke: () => engine.poke(),
          onNodesChanged: p.onNodesChanged,
        });
  p.endings.add(() => relay?.close());
  const poke = (): void => {
    engine.poke();
    relay?.wake();
  };
  await engine.pauseSwitch.load();
  const nextTurn = (): Promise<void> => setImmediate();
  const intake = new ActivationIntake({ store, clock, bus, settings, poke, nextTurn });
  late.intake = intake;
  const watches = new WatchKeeper({ store, clock, bus, intake, randomBytes });
  p.endings.add(() => watches.close());
  const agentDesk = createAgentDesk({
    agents,
    drivers,
    store,
    clock,
    table: processes,
    workFolder,
    newToken: () => `probe-${newToken()}`,
    // No run, so no token of one either.
    environmentOf: (agent) => environmentOf({ agent: { ...agent, rouse_scopes: [] }, runId: '' }),
    ordinaryEnvironment: passedOn(environment),
    redact,
  });
  return {
    engine,
    hooks,
    cluster,
    intake,
    deliveries: new DeliveryIntake({ store, clock, bus, settings, poke, nextTurn }),
    watches,
    agentDesk,
    worktrees,
    poke,
    nodesChanged() {
      p.onNodesChanged();
      relay?.nodesChanged();
    },
  };
}
