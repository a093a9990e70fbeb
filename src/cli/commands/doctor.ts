/** `rouse doctor`: looks at everything a daemon needs, with or without one that runs, and says how to mend it. */
import { homedir, userInfo } from 'node:os';
import { stat } from 'node:fs/promises';
import type { LoadedConfig } from '../../config/load-config.ts';
import { EXIT_CODES } from '../../errors/exit-code.ts';
import type { Finding, FindingState } from '../../upkeep/doctor/finding.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { hasDaemon } from '../home-folder.ts';
import { plainText, type Hue } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { secretNotes } from '../secret-notes.ts';
import type { Terminal } from '../terminal.ts';

const LOOK: Readonly<Record<FindingState, { symbol: string; hue: Hue }>> = {
  ok: { symbol: '✓', hue: 'green' },
  note: { symbol: '·', hue: 'dim' },
  warning: { symbol: '!', hue: 'yellow' },
  failure: { symbol: '✗', hue: 'red' },
};

export function doctorCommand(cli: Cli) {
  return daemonCommand('doctor', {
    summary: 'Look at everything the daemon needs, and say how to mend it',
    description:
      'Look at everything the daemon needs, with or without one that runs: home, database, configuration, agents, secrets, port, clock, disk, service. Changes nothing. Ends with 7 when something must be mended.',
    examples: ['doctor', 'doctor --home ~/rouse-test -o json'],
  }).action(async (options) => {
    const { terminal } = cli;
    const findings = await examine(cli, cli.homeOf(options));
    writeReply({
      terminal,
      format: options.output,
      reply: { findings },
      items: findings,
      lines: () => [...findings.flatMap((each) => findingLines(each, terminal)), '', verdict(findings)],
    });
    if (findings.some(({ state }) => state === 'failure')) cli.endWith(EXIT_CODES.unavailable);
  });
}

function findingLines({ check, state, said, next }: Finding, terminal: Terminal): string[] {
  const { symbol, hue } = LOOK[state];
  const paint = terminal.paintOut;
  return [
    `${paint(hue, symbol)} ${check.padEnd(13)} ${plainText(said)}`,
    ...(next === undefined ? [] : [`  ${' '.repeat(13)} ${paint('dim', 'next:')} ${plainText(next)}`]),
  ];
}

function verdict(findings: readonly Finding[]): string {
  const count = (state: FindingState): number => findings.filter((each) => each.state === state).length;
  const [failures, warnings] = [count('failure'), count('warning')];
  if (failures + warnings === 0) return 'All is well.';
  const parts = [
    failures === 0 ? undefined : `${failures} to mend`,
    warnings === 0 ? undefined : `${warnings} to look at`,
  ];
  return `${parts.filter((part) => part !== undefined).join(', ')}.`;
}

async function examine(cli: Cli, home: string): Promise<Finding[]> {
  const { terminal, environment } = cli;
  // Time zones are judged with it.
  await import('../../clock/temporal.ts');
  const { checkNode, checkDisk, checkClock } = await import('../../upkeep/doctor/machine-checks.ts');
  const { checkHome } = await import('../../upkeep/doctor/home-checks.ts');
  const homeFinding = await checkHome({ home, uid: environment.platform === 'win32' ? undefined : userInfo().uid });
  const basics = [checkNode(process.versions.node), homeFinding];
  // Without a home there is nothing more to look at.
  if (homeFinding.state === 'failure') return basics;
  const { checkConfig, checkAgents, checkPort } = await import('../../upkeep/doctor/config-checks.ts');
  const { checkStore } = await import('../../upkeep/doctor/store-check.ts');
  const { loadConfig } = await import('../../config/load-config.ts');
  const runs = hasDaemon(home);
  const workspaces = runs ? await workspacesOf(cli, home) : [];
  const config = await loadConfig({
    home,
    now: terminal.now(),
    workspaces: workspaces ?? [],
    environment: environment.variables,
  });
  return [
    ...basics,
    await checkDisk(home),
    checkClock({ home, now: terminal.now() }),
    ...(config.store.url === 'sqlite' ? [await checkStore({ home })] : await checkServerOf(cli, config)),
    ...checkConfig(config),
    ...(runs && config.agents.length > 0
      ? await askAgents(cli, { home, names: config.agents.map(({ name }) => name) })
      : await checkAgents({ agents: config.agents, environment: environment.variables })),
    ...(await checkSecrets({ cli, home, config })),
    ...(await checkFolders(workspaces ?? [])),
    ...(runs ? await checkDaemon(cli, home) : [noDaemon(home), await checkPort(config.daemon)]),
    await checkService(cli),
  ];
}

async function checkServerOf(cli: Cli, config: LoadedConfig): Promise<Finding[]> {
  const { checkServer } = await import('../../upkeep/doctor/server-check.ts');
  const { now } = cli.terminal;
  return checkServer({ storeUrl: config.store.url, environment: cli.environment.variables, now });
}

/** Undefined when the daemon that says it runs does not answer; that it does not is a finding of its own. */
async function workspacesOf(cli: Cli, home: string) {
  try {
    const workspaces = await (await cli.connect({ home })).workspaces.list();
    return workspaces.map((workspace) => ({ ...workspace, created_at: Date.parse(workspace.created_at) }));
  } catch {
    return undefined;
  }
}

async function checkSecrets(p: { cli: Cli; home: string; config: LoadedConfig }): Promise<Finding[]> {
  const check = 'secrets';
  const notes = await secretNotes(p).catch(() => []);
  if (notes.length === 0)
    return [{ check, state: 'ok', said: 'every reference leads to a value, as far as can be seen' }];
  return notes.map(({ path, message }) => ({ check, state: 'warning', said: `${path}: ${message}` }));
}

async function checkFolders(workspaces: readonly { name: string; path: string }[]): Promise<Finding[]> {
  const check = 'workspaces';
  const gone = await Promise.all(
    workspaces.map(async (workspace) =>
      (await stat(workspace.path).catch(() => undefined))?.isDirectory() ? [] : [workspace],
    ),
  );
  const missing = gone.flat();
  if (missing.length === 0) return [];
  return missing.map(({ name, path }) => ({
    check,
    state: 'failure',
    said: `the folder of ${name}, ${path}, is not there`,
    next: 'Put it back, or bind its automations to another workspace; until then their runs fail.',
  }));
}

/** The daemon knows better than we do: its PATH, its secrets, and whether the agent answers. No prompt is sent. */
async function askAgents(cli: Cli, p: { home: string; names: readonly string[] }): Promise<Finding[]> {
  const check = 'agents';
  const { terminal } = cli;
  const findings: Finding[] = [];
  const client = await cli.connect({ home: p.home });
  for (const name of p.names) {
    if (terminal.interactive) terminal.err(`${terminal.paintErr('dim', `asking ${name}…`)}\n`);
    try {
      const { ready, problem, hint, version } = await client.agents.test(name);
      const next = hint ?? `See what it says: rouse agents test ${name}`;
      findings.push(
        ready
          ? { check, state: 'ok', said: `${name} answers${version === undefined ? '' : `, version ${version}`}` }
          : { check, state: 'failure', said: `${name} would not start: ${problem ?? 'it does not say why'}`, next },
      );
    } catch (error) {
      const said = `${name} cannot be asked: ${error instanceof Error ? error.message : String(error)}`;
      findings.push({ check, state: 'warning', said, next: `Ask it alone: rouse agents test ${name}` });
    }
  }
  return findings;
}

function noDaemon(home: string): Finding {
  return {
    check: 'daemon',
    state: 'warning',
    said: 'none runs in this home',
    next: `Start it: rouse start --home ${home}`,
  };
}

async function checkDaemon(cli: Cli, home: string): Promise<Finding[]> {
  const check = 'daemon';
  try {
    const client = await cli.connect({ home });
    const status = await client.status();
    const sick = status.services.filter(({ healthy }) => !healthy);
    if (sick.length > 0) {
      return sick.map(({ name, error }) => ({
        check,
        state: 'failure',
        said: `${name} is in trouble: ${error ?? 'it does not say why'}`,
        next: 'It goes on trying. What it said before: rouse logs --level warn',
      }));
    }
    const drained = (await client.nodes.list()).filter((node) => node.own && node.draining);
    const paused: Finding[] = status.automation.paused
      ? [{ check, state: 'warning', said: 'everything is paused', next: 'When it is to go on: rouse resume' }]
      : [];
    return [
      { check, state: 'ok', said: `version ${status.version} at ${status.url}` },
      ...drained.map(({ name, drained_by: by }): Finding => ({
        check,
        state: 'warning',
        said: `this node, ${name}, is drained${by === undefined ? '' : ` by ${by}`}: nothing new starts here`,
        next: `When it is to go on: rouse nodes undrain ${name}`,
      })),
      ...paused,
    ];
  } catch (error) {
    const said = `its process lives, but it does not answer: ${error instanceof Error ? error.message : String(error)}`;
    return [
      {
        check,
        state: 'failure',
        said,
        next: 'See what it said (rouse logs), then end its process and start it again.',
      },
    ];
  }
}

async function checkService(cli: Cli): Promise<Finding> {
  const check = 'service';
  const { Supervisor } = await import('../../upkeep/supervisor.ts');
  try {
    const { platform, variables } = cli.environment;
    const { XDG_CONFIG_HOME: configFolder } = variables;
    const supervisor = new Supervisor({
      platform,
      userFolder: homedir(),
      uid: userInfo().uid,
      ...(configFolder ? { configFolder } : {}),
    });
    const { installed, file, state } = await supervisor.status('rouse');
    if (!installed)
      return { check, state: 'note', said: 'none is installed; `rouse service install` starts the daemon at login' };
    if (state === undefined || state === 'active' || state === 'loaded') return { check, state: 'ok', said: file };
    return { check, state: 'warning', said: `${file} is ${state}`, next: 'Start it: systemctl --user start rouse' };
  } catch {
    return { check, state: 'note', said: 'there is no supervisor that Rouse knows on this system' };
  }
}
