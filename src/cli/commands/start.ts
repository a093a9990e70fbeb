/** `rouse start`: becomes the daemon, and tells the person in front of it what happens. */
import { Option } from '@commander-js/extra-typings';
import { createClient, type Client } from '../../client/client.ts';
import type { Happening } from '../../events/happening.ts';
import type { Run } from '../../model/run.ts';
import { localCommand, type Cli } from '../command.ts';
import { fireText } from '../fire-text.ts';
import { parsePort } from '../option-text.ts';
import { echoAgentCommand } from '../own-files.ts';
import { createRunLog } from '../run-log.ts';
import { tableLines } from '../table.ts';
import { outLines } from '../terminal.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

/** Enough to see that something will happen. */
const NEXT_SHOWN = 5;
/** Frequent jobs come many times before a rare one does. */
const NEXT_LOOKED_THROUGH = 200;

/**
 * Names of jobs by id, asked once each. Happenings carry ids; a job that is gone by the time of its line keeps the name
 * it was last seen with.
 */
class AutomationNames {
  readonly #client: Client;
  readonly #names = new Map<string, string>();
  readonly #stale = new Set<string>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** It was changed: its name may be another now. */
  forget(id: string): void {
    this.#stale.add(id);
  }

  async learn(id: string): Promise<void> {
    if (this.#names.has(id) && !this.#stale.has(id)) return;
    try {
      const { name } = id.startsWith('trg_')
        ? (await this.#client.triggers.get(id)).trigger
        : (await this.#client.jobs.get(id)).job;
      this.#names.set(id, name);
      this.#stale.delete(id);
    } catch {
      // Deleted meanwhile, or the daemon is on its way out; the line shows the old name or the id.
    }
  }

  nameOf(id: string | undefined): string {
    return id === undefined ? '' : (this.#names.get(id) ?? id);
  }
}

/** Prints one line after the other; a line waits for the name that it needs, and the next line for it. */
function startLog(cli: Cli, client: Client): (happening: Happening) => void {
  const { terminal } = cli;
  const names = new AutomationNames(client);
  const log = createRunLog({
    paint: terminal.paintOut,
    nameOf: (run: Run) => names.nameOf(run.job_id ?? run.trigger_id),
    jobName: (id) => names.nameOf(id),
    ...(terminal.columns === undefined ? {} : { columns: terminal.columns }),
    ...(terminal.timeZone === undefined ? {} : { timeZone: terminal.timeZone }),
  });
  let last = Promise.resolve();
  const print = async (happening: Happening): Promise<void> => {
    const id = jobIdOf(happening);
    if (happening.type === 'job.updated') names.forget(happening.job_id);
    else if (happening.type === 'trigger.updated') names.forget(happening.trigger_id);
    else if (id !== undefined && log.needsName(happening)) await names.learn(id);
    const line = log.line(happening);
    if (line !== undefined) terminal.out(`${line}\n`);
  };
  return (happening) => {
    last = last.then(() => print(happening));
  };
}

function jobIdOf(happening: Happening): string | undefined {
  if ('run' in happening) return happening.run.job_id;
  if ('job_id' in happening) return happening.job_id;
  return 'automation_id' in happening ? happening.automation_id : undefined;
}

/** Before the daemon is ready there is nothing but this to be seen of it. */
function waitingLine(happening: Happening): string | undefined {
  if (happening.type !== 'service.failed' || happening.service !== 'store') return undefined;
  return `waiting for the database: ${happening.error} Trying again; Ctrl-C ends it.`;
}

async function nextLines(cli: Cli, client: Client): Promise<string[]> {
  const now = cli.terminal.now();
  const { fires } = await client.next({ limit: NEXT_LOOKED_THROUGH });
  // An interval of seconds would fill the list with itself; one line per job says more.
  const firsts = fires.filter((fire, index) => fires.findIndex(({ job_id: id }) => id === fire.job_id) === index);
  if (firsts.length === 0) return ['  Nothing is scheduled for the next day.'];
  const [, ...lines] = tableLines({
    rows: firsts.slice(0, NEXT_SHOWN),
    paint: cli.terminal.paintOut,
    columns: [
      { title: '', cell: ({ job_name: name }) => ({ text: name, hue: 'bold' }) },
      { title: '', cell: ({ at }) => relativeText(epochOf(at) ?? now, now) },
      { title: '', cell: (fire) => ({ text: fireText(fire), hue: 'dim' }) },
    ],
  });
  return ['  next', ...lines.map((line) => `    ${line}`)];
}

export function startCommand(cli: Cli) {
  return localCommand('start', {
    summary: 'Run the daemon in the foreground',
    description:
      'Run the daemon in the foreground. Ctrl-C or SIGTERM stop it in order: nothing new starts, what runs gets a grace period, every end is recorded. A home that is not there yet is made, with a first configuration.',
    examples: ['start', 'start --home ~/rouse-test --port 0'],
  })
    .addOption(new Option('--port <port>', 'port to listen on; 0 takes any free one').argParser(parsePort))
    .option('--host <host>', 'address to listen on')
    .action(async (options) => {
      const { terminal } = cli;
      const { paintOut: paint } = terminal;
      const home = cli.homeOf(options);
      await import('../../clock/temporal.ts');
      const { initHome } = await import('../../config/init-home.ts');
      const made = await initHome({ home, echoAgentCommand: echoAgentCommand() });
      const { startDaemon } = await import('../../daemon/daemon.ts');
      const { HappeningBus } = await import('../../events/happening.ts');
      const bus = new HappeningBus();
      // Kept until the banner is out; only then can names be asked for.
      const early: Happening[] = [];
      let tell = (happening: Happening): void => {
        early.push(happening);
        const line = waitingLine(happening);
        if (line !== undefined) terminal.err(`${line}\n`);
      };
      bus.subscribe((happening) => tell(happening));
      // An error that nobody caught ends the process, as it should; the log says so too, not only whoever sees stderr.
      process.on('uncaughtExceptionMonitor', (error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        bus.report({ type: 'service.failed', at: terminal.now(), service: 'daemon', error: text });
      });

      const daemon = await startDaemon({
        home,
        environment: cli.environment.variables,
        bus,
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.port === undefined ? {} : { port: options.port }),
      });
      const stop = (signal: NodeJS.Signals): void => {
        // A second Ctrl-C is meant: whoever presses it does not want to wait for the grace period.
        process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));
        void daemon.stop({ reason: signal === 'SIGINT' ? 'Ctrl-C' : signal });
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);

      const client = createClient({ url: daemon.url, token: daemon.token, name: 'cli' });
      outLines(terminal, [
        `${paint('green', '●')} ${paint('bold', 'Rouse is ready')}  ${daemon.url}`,
        `  home  ${daemon.home}`,
        ...(made.wrote_config ? [`  made  ${made.config_file}, with a first job: change it and it takes effect`] : []),
        ...(await nextLines(cli, client)),
        paint('dim', '  Ctrl-C stops it; one line follows for every run.'),
        '',
      ]);
      tell = startLog(cli, client);
      for (const happening of early.splice(0)) tell(happening);
      await daemon.stopped;
    });
}
