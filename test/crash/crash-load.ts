/**
 * A load of several jobs that a daemon carries while it is killed, and the way to bring it to rest afterwards so that
 * its ledger can be held against what really ran. Used by the tests and by the long script `run.ts`.
 */
import { join } from 'node:path';
import type { ApiJob } from '../../src/client/client.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { markerAgentToml, readExecutions, readViolations } from './executions.ts';
import { checkLedger } from './ledger.ts';

/** The daemon that dies at named steps, as a command for {@link openScratchDaemon}. */
export const crashDaemonCommand: readonly string[] = [process.execPath, join(import.meta.dirname, 'crash-daemon.ts')];

/** Every point of the store at which the long run kills; the number of the call is added. */
export const CRASH_POINTS: readonly string[] = [
  ...['planFires', 'claimRuns', 'startRun', 'appendTranscript', 'finishRun'].flatMap((step) => [
    `before ${step}`,
    `after ${step}`,
  ]),
  'within planFires',
  'within finishRun',
];

export interface LoadJob {
  name: string;
  schedule: string;
  /** Lines of the marking agent's prompt, besides holding its lock. */
  prompt: readonly string[];
  retry?: string;
  overlap?: string;
  /** Its runs may work side by side, so they hold no lock. */
  together?: true;
  more?: string;
}

/** Every way to fire, overlap and retry that finds its end within a second or two. */
export const LOAD: readonly LoadJob[] = [
  { name: 'steady', schedule: 'every = 400ms', prompt: ['sleep 0.1'] },
  {
    name: 'retried',
    schedule: 'every = 1s, replay',
    prompt: ['fail-first'],
    retry: '{ strategy = "backoff", max_retries = 4, base_delay = "100ms" }',
    overlap: 'queue_all',
  },
  { name: 'slow', schedule: 'every = 700ms, coalesce', prompt: ['sleep 1'], overlap: 'queue' },
  { name: 'replaced', schedule: 'every = 900ms', prompt: ['sleep 1.2'], overlap: 'cancel_running' },
  { name: 'minutely', schedule: 'cron', prompt: ['say hello'] },
];

const SCHEDULES: Readonly<Record<string, string>> = {
  'every = 400ms': '{ mode = "every", interval = "400ms" }',
  'every = 1s, replay': '{ mode = "every", interval = "1s", catch_up_policy = "replay", catch_up_max = 1000 }',
  'every = 700ms, coalesce': '{ mode = "every", interval = "700ms", catch_up_policy = "coalesce" }',
  'every = 900ms': '{ mode = "every", interval = "900ms" }',
  cron: '{ mode = "cron", expr = "* * * * *" }',
};

/** What a kill at a named point needs: starts, ends, a retry, work that outlives the daemon. Light: many run side by side. */
const LIGHT_LOAD = LOAD.filter(({ name }) => ['steady', 'retried', 'slow'].includes(name));

/** `onceAt` adds a one-shot at that instant. */
export function loadToml(p: {
  jobs?: readonly LoadJob[];
  onceAt?: number;
  markers?: string;
  maxConcurrent?: number;
  /** More lines of `[daemon]`. */
  daemon?: string;
}): string {
  const once =
    p.onceAt === undefined
      ? []
      : [{ name: 'once', schedule: `{ mode = "at", time = "${new Date(p.onceAt).toISOString()}" }`, prompt: [] }];
  return `[daemon]
shutdown_grace = "0s"
${p.daemon ?? ''}
[automation]
max_concurrent_jobs = ${p.maxConcurrent ?? 8}
catch_up_spread = "0s"
default_fire_limit = { max = 100000, window = "1h" }
${markerAgentToml({ name: 'marker', stopGrace: '500ms', ...(p.markers === undefined ? {} : { markers: p.markers }) })}
${[...(p.jobs ?? LOAD), ...once].map(jobToml).join('\n')}`;
}

function jobToml(job: LoadJob): string {
  const prompt = [job.together ? 'say hello' : 'exclusively', ...job.prompt].join('\\n');
  return `[[automation.jobs]]
name = "${job.name}"
agent = "marker"
prompt = "${prompt}"
schedule = ${SCHEDULES[job.schedule] ?? job.schedule}
${job.retry === undefined ? '' : `retry = ${job.retry}`}
${job.overlap === undefined ? '' : `overlap = "${job.overlap}"`}
${job.more ?? ''}
`;
}

/** Switches every job off and waits until nothing waits or runs any more; answers with the jobs as they stood before. */
export async function bringToRest(daemon: ScratchDaemon): Promise<ApiJob[]> {
  const { jobs } = await daemon.client.jobs.list({ limit: 500 });
  for (const job of jobs) {
    if (job.source === 'config') await daemon.client.jobs.setOverlay(job.id, { enabled_override: false });
    else await daemon.client.jobs.update(job.id, { enabled: false });
  }
  await daemon.waitUntil(async ({ client }) => {
    const { counts } = await client.status();
    return counts.scheduled === 0 && counts.running === 0;
  });
  return jobs;
}

/**
 * Everything that is wrong with these jobs after the daemon was brought to rest; `markers` is where its agents leave
 * theirs. Other jobs may have agents that mark nothing, so their rows are nobody's business here.
 */
export async function judge(p: {
  daemon: ScratchDaemon;
  jobs: readonly ApiJob[];
  markers?: string;
}): Promise<string[]> {
  const folder = p.markers ?? p.daemon.folder;
  const judged = new Set(p.jobs.map(({ id }) => id));
  const [runs, others] = partition(await p.daemon.runs(), ({ job_id }) => judged.has(job_id ?? ''));
  const ofOthers = new Set(others.map(({ id }) => id));
  const executions = (await readExecutions(folder)).filter(({ run_id }) => !ofOthers.has(run_id));
  const left = p.daemon.processes().map(({ pid, command }) => `process ${pid} (${command}) is left behind`);
  const together = (await readViolations(folder)).map((line) => `beside a process of an earlier run: ${line}`);
  return [...checkLedger({ runs, jobs: p.jobs, executions }), ...left, ...together];
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter((item) => belongs(item)), items.filter((item) => !belongs(item))];
}

/** Kills a loaded daemon at this point of its store, starts it again, and says what is wrong afterwards. */
export async function crashAt(point: string): Promise<string[]> {
  await using daemon = await openScratchDaemon({
    command: crashDaemonCommand,
    environment: { ...process.env, ROUSE_CRASH: point },
    config: loadToml({ jobs: LIGHT_LOAD, onceAt: Date.now() + 2_000 }),
  });
  daemon.signal('SIGUSR2');
  const end = await daemon.waitForExit();
  if (end.signal !== 'SIGKILL') return [`the daemon ended with ${JSON.stringify(end)} instead:\n${daemon.output}`];
  await daemon.start({ environment: process.env });
  const diedAt = Date.now();
  // Two instants that came after the restart, one of them retried, show that the schedule goes on.
  for (const name of ['steady', 'retried']) {
    const { id } = (await daemon.client.jobs.list({ name })).jobs[0]!;
    await daemon.waitForRun(
      ({ job_id, scheduled_at, status }) =>
        job_id === id && Date.parse(scheduled_at ?? '') > diedAt && status === 'completed',
    );
  }
  const once = (await daemon.client.jobs.list({ name: 'once' })).jobs[0]!;
  await daemon.waitForRun(({ job_id }) => job_id === once.id);
  const jobs = await bringToRest(daemon);
  return judge({ daemon, jobs });
}
