/** The system's own supervisor: where its definitions lie, and the commands that make it read them. */
import { spawnSync } from 'node:child_process';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../errors/app-error.ts';
import { launchdAgent, launchdLabel, systemdUnit } from './service-definition.ts';
import type { ServiceDefinition } from './service-definition.ts';

export type SupervisorKind = 'systemd' | 'launchd';

export interface SupervisorParams {
  platform: NodeJS.Platform;
  /** The user's own folder. */
  userFolder: string;
  /** `XDG_CONFIG_HOME`, where it is set. */
  configFolder?: string;
  /** The user's number, which launchd's domains are named by. */
  uid: number;
  /** Runs a program of the system; tests hand in their own. */
  execute?: Execute;
}

export type Execute = (program: string, args: readonly string[]) => { status: number; output: string };

export interface ServiceStatus {
  kind: SupervisorKind;
  file: string;
  installed: boolean;
  /** Absent when the supervisor cannot be asked. */
  state?: string;
  enabled?: boolean;
}

export class Supervisor {
  readonly kind: SupervisorKind;
  readonly #p: SupervisorParams;
  readonly #execute: Execute;

  /** Throws `service_unsupported` where there is none that we know. */
  constructor(p: SupervisorParams) {
    if (p.platform !== 'linux' && p.platform !== 'darwin') {
      throw new AppError('service_unsupported', { reason: `there is no supervisor that it knows on ${p.platform}` });
    }
    this.kind = p.platform === 'linux' ? 'systemd' : 'launchd';
    this.#p = p;
    this.#execute = p.execute ?? executeProgram;
  }

  fileOf(name: string): string {
    const { userFolder, configFolder } = this.#p;
    return this.kind === 'systemd'
      ? join(configFolder ?? join(userFolder, '.config'), 'systemd/user', `${name}.service`)
      : join(userFolder, 'Library/LaunchAgents', `${launchdLabel(name)}.plist`);
  }

  textOf(definition: ServiceDefinition): string {
    return this.kind === 'systemd' ? systemdUnit(definition) : launchdAgent(definition);
  }

  /** Writes the definition, has it read, started, and started again at every login. Throws `service_unsupported`. */
  async install(definition: ServiceDefinition): Promise<{ file: string }> {
    const file = this.fileOf(definition.name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, this.textOf(definition), { mode: 0o644 });
    const steps = this.#installing(definition.name, file);
    for (const [program, ...args] of steps) {
      const { status, output } = this.#execute(program!, args);
      if (status === 0) continue;
      const reason = `${[program, ...args].join(' ')} failed (${output.trim() || `exit code ${status}`}); the definition is in ${file}`;
      throw new AppError('service_unsupported', { reason });
    }
    return { file };
  }

  /** Stops it and removes the definition; false when there was none. */
  async uninstall(name: string): Promise<boolean> {
    const file = this.fileOf(name);
    if (!(await isFile(file))) return false;
    // Whatever the supervisor says: without its file it will not come back.
    for (const [program, ...args] of this.#uninstalling(name, file)) this.#execute(program!, args);
    await rm(file, { force: true });
    if (this.kind === 'systemd') this.#execute('systemctl', ['--user', 'daemon-reload']);
    return true;
  }

  async status(name: string): Promise<ServiceStatus> {
    const file = this.fileOf(name);
    const base = { kind: this.kind, file, installed: await isFile(file) };
    if (!base.installed) return base;
    if (this.kind === 'launchd') {
      const { status } = this.#execute('launchctl', ['print', `gui/${this.#p.uid}/${launchdLabel(name)}`]);
      return { ...base, state: status === 0 ? 'loaded' : 'not loaded', enabled: status === 0 };
    }
    const active = this.#execute('systemctl', ['--user', 'is-active', `${name}.service`]);
    const enabled = this.#execute('systemctl', ['--user', 'is-enabled', `${name}.service`]);
    const state = active.output.trim();
    // One word is an answer; a sentence is why it cannot be asked.
    return /^[a-z-]+$/.test(state) ? { ...base, state, enabled: enabled.output.trim() === 'enabled' } : base;
  }

  #installing(name: string, file: string): string[][] {
    return this.kind === 'systemd'
      ? [
          ['systemctl', '--user', 'daemon-reload'],
          ['systemctl', '--user', 'enable', '--now', `${name}.service`],
        ]
      : [['launchctl', 'bootstrap', `gui/${this.#p.uid}`, file]];
  }

  #uninstalling(name: string, file: string): string[][] {
    return this.kind === 'systemd'
      ? [['systemctl', '--user', 'disable', '--now', `${name}.service`]]
      : [['launchctl', 'bootout', `gui/${this.#p.uid}`, file]];
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function executeProgram(program: string, args: readonly string[]): { status: number; output: string } {
  const { status, stdout, stderr, error } = spawnSync(program, [...args], { encoding: 'utf8' });
  return { status: status ?? 1, output: error?.message ?? `${stdout}${stderr}` };
}
