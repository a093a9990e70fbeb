/**
 * The composition root: with the rooms beside it the only place that chooses adapters, and the only one that knows in
 * which order things start and stop.
 *
 * Start: the ground (home and token, store, which claims the home, configuration), what acts, the API, `daemon.json`, and
 * the engine last, so that nothing fires before it can be seen. Stop: no new starts, a grace period for what runs, a
 * recorded end; then the API, so that the end can be watched; then the store. A crash anywhere needs no counterpart: the
 * next start is a late tick.
 */
import type { Clock } from '../clock/clock.ts';
import { delay, systemClock } from '../clock/clock.ts';
import { Pruner } from '../engine/pruner.ts';
import type { AppError } from '../errors/app-error.ts';
import { HappeningBus } from '../events/happening.ts';
import { isServerAway } from '../store/postgres/postgres-error.ts';
import type { Store } from '../store/store.ts';
import { Heartbeat } from '../telemetry/heartbeat.ts';
import { Traces } from '../telemetry/traces.ts';
import { ConfigKeeper } from './config-keeper.ts';
import type { DaemonOptions } from './daemon-options.ts';
import { Endings } from './endings.ts';
import { buildEngineRoom, type EngineRoom } from './engine-room.ts';
import { openFrontDoor } from './front-door.ts';
import { openGround, type Ground } from './ground.ts';
import { removeDaemonFile, writeDaemonFile } from './home.ts';
import { pruneSteps } from './housekeeping.ts';
import { NodeKeeper } from './node-keeper.ts';
import { isGoneHere, nodeNameOf } from './own-node.ts';
import { HealthBoard } from './health-board.ts';
import { version } from './version.ts';

export interface Daemon {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly bus: HappeningBus;
  readonly store: Store;
  /** Stops in order; idempotent. `reason` is what the log says. */
  stop(p: { reason: string }): Promise<void>;
  /** Resolves when the daemon has stopped. */
  readonly stopped: Promise<void>;
}

/** Between tries while the database server is not there yet. */
const WAIT_FOR_SERVER_MS = 2_000;

/**
 * Throws `home_in_use`, `home_read_only`, `disk_full`, `store_unavailable`, `address_unavailable`, `node_name_taken`. A
 * database server that cannot be reached is waited for, however long that takes: machines start in any order. What is
 * waited for is told on the bus and in the log.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const clock = options.clock ?? systemClock();
  const bus = options.bus ?? new HappeningBus();
  for (let hasWaited = false; ; hasWaited = true) {
    const endings = new Endings();
    try {
      return await startThrough(options, { clock, bus, endings, hasWaited });
    } catch (error) {
      if (isServerAway(error)) reportAway({ bus, clock, error: error as AppError });
      // What went wrong first is what is told.
      await endings.run().catch(() => undefined);
      if (!isServerAway(error)) throw error;
      await delay(clock, WAIT_FOR_SERVER_MS);
    }
  }
}

function reportAway({ bus, clock, error }: { bus: HappeningBus; clock: Clock; error: AppError }): void {
  const { code, message } = error;
  bus.report({ type: 'service.failed', at: clock.now(), service: 'store', error: message, code });
}

async function startThrough(
  options: DaemonOptions,
  p: { clock: Clock; bus: HappeningBus; endings: Endings; hasWaited: boolean },
): Promise<Daemon> {
  const { clock, bus, endings } = p;
  const ground = await openGround(options, p);
  const { home, store, token, settings } = ground;
  const nodeKeeper: { current?: NodeKeeper } = {};
  const standsBack = (): boolean => nodeKeeper.current?.standsBack === true;
  const onNodesChanged = (): void => void nodeKeeper.current?.refresh();
  const room = await buildEngineRoom(ground, { standsBack, onNodesChanged, endings });
  const { engine } = room;
  const keeper = await openConfigKeeper(ground, room);
  settings.follow(keeper);
  endings.add(() => keeper.close());
  const health = new HealthBoard({ bus, hasTicked: () => engine.health().last_tick_at !== undefined });
  endings.add(health.close);
  const door = await openFrontDoor(ground, room, { health, endings });
  await writeDaemonFile({ home, daemon: { pid: process.pid, url: door.url, version } });
  endings.add(() => removeDaemonFile({ home, pid: process.pid }));
  const heartbeat = new Heartbeat({
    clock,
    bus,
    url: () => settings.config.daemon.heartbeat_url,
    lastTickAt: () => engine.health().last_tick_at,
    request: (url, { signal }) => fetch(url, { signal, redirect: 'error' }),
  });
  endings.add(() => heartbeat.close());
  const traces = new Traces({
    bus,
    now: () => clock.now(),
    url: () => settings.config.daemon.traces_url,
    // Loaded by those who want it: the library is larger than all that a start needs.
    open: async (q) =>
      (await import('../telemetry/span-sender.ts')).openSpanSender({ ...q, version, node: ground.instance }),
  });
  endings.add(() => traces.close());
  nodeKeeper.current = await openNodeKeeper(ground, room, { url: door.url });
  endings.add(() => nodeKeeper.current!.close());
  await keeper.watch();
  engine.start();
  room.hooks.courier.start();
  endings.add(() => room.hooks.courier.close());
  const { worktrees } = room;
  const pruner = new Pruner({ clock, bus, steps: pruneSteps({ store, worktrees, config: () => settings.config }) });
  endings.add(() => pruner.close());
  pruner.start();
  heartbeat.start();
  if (p.hasWaited) bus.report({ type: 'service.recovered', at: clock.now(), service: 'store' });
  bus.report({ type: 'daemon.started', at: clock.now(), url: door.url });

  const ending = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    bus.report({ type: 'daemon.stopping', at: clock.now(), reason });
    door.refuseDeliveries();
    await engine.stop({ graceMs: settings.config.daemon.shutdown_grace_ms });
    await endings.run();
    ending.resolve();
  };
  return {
    home,
    url: door.url,
    token,
    bus,
    store,
    stop: ({ reason }) => (stopping ??= stop(reason)),
    stopped: ending.promise,
  };
}

function openConfigKeeper(ground: Ground, room: EngineRoom): Promise<ConfigKeeper> {
  const { home, store, clock, bus, agents, placeCursor, load } = ground;
  const { pauseSwitch } = room.engine;
  return ConfigKeeper.open(
    {
      home,
      store,
      clock,
      bus,
      agents,
      placeCursor,
      load,
      onApplied: async ({ enabled, watch }) => {
        const now = clock.now();
        await (enabled
          ? pauseSwitch.resume({ now, cause: 'config' })
          : pauseSwitch.pause({ now, cause: 'config', by: 'config' }));
        room.poke();
        // Not waited for: a large tree takes a while to be known, and nothing else depends on it.
        void room.watches.keep(watch);
      },
    },
    ground.settings.config,
  );
}

function openNodeKeeper(ground: Ground, room: EngineRoom, p: { url: string }): Promise<NodeKeeper> {
  const { store, clock, bus, settings, instance, startedAt } = ground;
  const { engine } = room;
  return NodeKeeper.open({
    store,
    clock,
    bus,
    self: () => ({
      name: nodeNameOf(settings.config.daemon),
      instance,
      version,
      labels: [...settings.config.daemon.labels],
      url: p.url,
      started_at: startedAt,
      running: engine.health().executing,
      cap: settings.config.daemon.max_concurrent_jobs,
    }),
    onUndrained: () => engine.poke(),
    // One process owns a file, and it is us; elsewhere a daemon that was killed here need not be waited for.
    isGone: (other) => store.capabilities.nodes === 'one' || isGoneHere(other),
  });
}
