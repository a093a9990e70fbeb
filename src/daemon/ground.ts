/**
 * What everything in the daemon stands on: its home and token, the store, the configuration that was found first, the
 * secrets, and the log. Opened before anything acts; nothing here acts by itself.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { TokenDesk } from '../access/token-desk.ts';
import type { Clock } from '../clock/clock.ts';
import { loadConfig, type LoadConfigParams } from '../config/load-config.ts';
import { createPlaceCursor } from '../engine/place-cursor.ts';
import type { HappeningBus } from '../events/happening.ts';
import { LOG_FILE } from '../lib/home-files.ts';
import type { EpochMs } from '../model/instant.ts';
import type { LogLevel } from '../model/log-level.ts';
import { MasterKeys } from '../secrets/master-key.ts';
import { Redactor } from '../secrets/redactor.ts';
import { SecretReferences } from '../secrets/secret-references.ts';
import { Vault } from '../secrets/vault.ts';
import type { Store } from '../store/store.ts';
import type { PlaceCursor } from '../store/cursor.ts';
import { LogFile } from '../telemetry/log-file.ts';
import { keepLog } from '../telemetry/log.ts';
import { AgentTable } from './agent-table.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { Endings } from './endings.ts';
import { ensureHome, ensureToken } from './home.ts';
import { openStore } from './open-store.ts';
import { newInstance } from './own-node.ts';
import { SettingsInForce } from './settings-in-force.ts';

export interface Ground {
  clock: Clock;
  bus: HappeningBus;
  /** Absolute. */
  home: string;
  /** Where agents of global automations work. */
  workFolder: string;
  /** This life of the daemon. */
  instance: string;
  startedAt: EpochMs;
  environment: Readonly<Record<string, string | undefined>>;
  store: Store;
  /** Of the home's owner. */
  token: string;
  /** How the files are loaded again. */
  load: Pick<LoadConfigParams, 'environment' | 'flags'>;
  settings: SettingsInForce;
  agents: AgentTable;
  placeCursor: PlaceCursor;
  redact: (text: string) => string;
  /** The same for what comes in pieces. */
  findSecrets: Redactor['find'];
  vault: Vault;
  secrets: SecretReferences;
  tokens: TokenDesk;
}

/** Throws `home_in_use`, `home_read_only`, `disk_full`, `store_unavailable`. */
export async function openGround(
  options: DaemonOptions,
  p: { clock: Clock; bus: HappeningBus; endings: Endings },
): Promise<Ground> {
  const { clock, bus, endings } = p;
  const { environment } = options;
  const startedAt = clock.now();
  const home = path.resolve(options.home);
  const instance = newInstance({ pid: process.pid, randomBytes });
  await ensureHome(home);
  const load = { environment, flags: flagsOf(options) };
  const redactor = new Redactor();
  const redact = (text: string): string => redactor.redact(text);
  // Which store it is stands in the configuration; which workspaces have one of their own stands in the store.
  const first = await loadConfig({ ...load, home, now: startedAt, workspaces: [] });
  const found: { settings?: SettingsInForce } = {};
  const level = (): LogLevel => (found.settings?.config ?? first).daemon.log_level;
  endings.add(openLog({ home, bus, level, redact }));
  const opened = await openStore({ url: first.store.url, home, node: instance, clock, environment, redactor });
  endings.add(() => opened.close());
  const store = options.throughStore?.(opened) ?? opened;
  const token = await ensureToken({ home, randomBytes });
  redactor.remember(token);
  const settings = new SettingsInForce(
    await loadConfig({
      ...load,
      home,
      now: startedAt,
      workspaces: await store.listWorkspaces(),
      packages: await store.listPackages(),
    }),
  );
  found.settings = settings;
  const keys = new MasterKeys({ home, environment, randomBytes });
  const vault = new Vault({ store, keys, redactor, randomBytes });
  return {
    clock,
    bus,
    home,
    workFolder: path.join(home, 'work'),
    instance,
    startedAt,
    environment,
    store,
    token,
    load,
    settings,
    agents: new AgentTable(),
    placeCursor: createPlaceCursor({
      timezone: () => settings.engine().timezone,
      formerTimezone: () => settings.formerTimezone,
      daily: () => settings.engine().daily,
    }),
    redact,
    findSecrets: (text) => redactor.find(text),
    vault,
    secrets: new SecretReferences({ environment, redactor, vault }),
    tokens: new TokenDesk({ store, clock, randomBytes }),
  };
}

/** Returns how to end it. */
function openLog(p: {
  home: string;
  bus: HappeningBus;
  level: () => LogLevel;
  redact: (text: string) => string;
}): () => void {
  const file = new LogFile({ path: path.join(p.home, LOG_FILE) });
  const end = keepLog({
    bus: p.bus,
    level: p.level,
    redact: p.redact,
    write: (line) => file.write(line),
  });
  return () => {
    end();
    file.close();
  };
}

function flagsOf(options: DaemonOptions): Record<string, string | number> {
  return {
    ...(options.host === undefined ? {} : { 'daemon.host': options.host }),
    ...(options.port === undefined ? {} : { 'daemon.port': options.port }),
  };
}
