/**
 * Pictures of every screen: `npm run screenshots -- [folder] [day]`. Four days (the first one, a quiet, a busy and a bad one),
 * light and dark, from a very wide desk to a phone. For whoever changes the page to look at, and the source of those in `docs/`.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import { echoAgentCommand } from '../../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../../src/testing/scratch-daemon.ts';
import { launchBrowser, visit } from '../page-visit.ts';
import { playDay } from './play-day.ts';
import { BAD, BUSY, QUIET, type World } from './world.ts';

const AGENTS = ['reviewer', 'triager', 'auditor'];
const WIDTHS = [1440, 390, 1024, 2560] as const;
/** At these widths only what is laid out differently there. */
const AT_FEW: ReadonlySet<number> = new Set([1024, 2560]);
const FEW: ReadonlySet<string> = new Set(['overview', 'jobs', 'job', 'job-new', 'trigger', 'trigger-new', 'run']);

const agentConfig = AGENTS.map(
  (name) =>
    `[agents.${name}]\ntype = "acp"\ncommand = ${JSON.stringify(echoAgentCommand())}\npermission = "ask"\nstop_grace = "1s"\n`,
).join('\n');
const budget = '\n[automation.budget]\ndaily_cost_usd = 60\n';
/** Agents of the pictures never end by themselves. */
const shutdown = '\n[daemon]\nshutdown_grace = "1s"\n';
const hooks = `
[[hooks]]
name = "tell-the-team"
event = ["automation.run.failed", "automation.paused"]
command = ["/bin/true"]
`;

async function openWorld(world: World | undefined): Promise<ScratchDaemon> {
  const config = `${agentConfig}${budget}${shutdown}${hooks}${world?.extraConfig ?? ''}`;
  const daemon = await openScratchDaemon({ config, environment: process.env, withinMs: 120_000 });
  if (world === undefined) return daemon;
  await daemon.stop();
  await playDay(world, { home: daemon.home, until: Date.now() });
  await daemon.start();
  await begin(daemon, world);
  return daemon;
}

/** What is under way in the picture, and what happened besides the schedule. */
async function begin(daemon: ScratchDaemon, world: World): Promise<void> {
  const { client } = daemon;
  const { jobs } = await client.jobs.list({ limit: 500 });
  for (const [name, prompt] of Object.entries(world.live)) {
    const job = jobs.find((each) => each.name === name);
    if (job !== undefined) await client.jobs.trigger(job.id, { prompt });
  }
  const deploys = {
    name: 'deploy-check',
    scope: 'global',
    agent_name: 'reviewer',
    event: 'ext.deploy',
    filter: { 'data.environment': 'production' },
    prompt: 'Validate the deployment of {{ .Data.sha }} on {{ .Data.branch }} and say whether to keep it.',
  } as const;
  await client.triggers.create(deploys);
  await client.triggers.create({
    name: 'failed-run-explainer',
    scope: 'global',
    agent_name: 'triager',
    event: 'run.failed',
    prompt: 'Explain why {{ .Data.automation_name }} failed, in three sentences.',
  });
  await client.events.send({ kind: 'ext.deploy', data: { environment: 'staging', sha: '9f31c2e', branch: 'main' } });
  await client.events.send({ kind: 'ext.deploy', data: { environment: 'production', sha: '41b07aa', branch: 'main' } });
  await client.tasks.create({ title: 'Approve the new price list', description: 'The draft is in docs/prices.md.' });
  await client.tasks.create({ title: 'Rotate the signing key' });
  await client.tasks.claim({ worker: 'ada' });
  await client.secrets.set('deploy', `whsec_${Buffer.from('thirty-two bytes of a made-up key').toString('base64')}`);
  await client.tokens.create({ name: 'ci', scopes: ['read', 'events:ext.deploy'], expires_in: '720h' });
  await client.workspaces.register({ path: daemon.workFolder, name: 'checkout-api', trusted: true });
  const { trigger } = await client.triggers.create({
    name: 'deploys',
    scope: 'global',
    agent_name: 'reviewer',
    event: 'webhook',
    endpoint_slug: 'deploys',
    webhook_secret_ref: 'vault:automation/deploy',
    filter: { 'data.environment': 'production' },
    when: "data.branch == 'main'",
    prompt:
      'Deployment {{ .Data.sha }} of {{ .Data.branch }} went out. Watch its error rate for ten minutes and report.',
  });
  await client.webhooks.send(trigger.id, { data: { environment: 'production', sha: '41b07aa', branch: 'main' } });
  await client.webhooks.send(trigger.id, { data: { environment: 'staging', sha: '9f31c2e', branch: 'main' } });
}

/** Looks so often whether the page is still asking; then it is pictured as it is. */
const LOOKS_MAX = 100;

/** Resolves when everything that was asked for has been answered, the live stream aside. */
async function settled(page: Page, pending: ReadonlySet<Request>): Promise<void> {
  let quiet = 0;
  for (let looks = 0; looks < LOOKS_MAX && quiet < 3; looks += 1) {
    quiet = pending.size > 0 ? 0 : quiet + 1;
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))');
  }
}

async function picture(page: Page, p: { url: string; file: string; pending: ReadonlySet<Request> }): Promise<void> {
  await page.goto(p.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await settled(page, p.pending);
  await page.screenshot({ path: p.file, fullPage: false });
}

/** Requests of the page that are under way, kept up to date. */
function pendingOf(page: Page): ReadonlySet<Request> {
  const pending = new Set<Request>();
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/stream')) pending.add(request);
  });
  page.on('requestfinished', (request) => pending.delete(request));
  page.on('requestfailed', (request) => pending.delete(request));
  return pending;
}

async function screensOf(daemon: ScratchDaemon): Promise<[name: string, path: string][]> {
  const { client } = daemon;
  const { jobs } = await client.jobs.list({ limit: 500 });
  const { triggers } = await client.triggers.list();
  const { events } = await client.events.list({ kind: 'ext.deploy' });
  const { runs } = await client.runs.list({ limit: 200 });
  const run = runs.find(({ status, permission }) => status === 'running' && permission === undefined) ?? runs[0];
  const job = jobs.find(({ name }) => name === 'flaky-hunt') ?? jobs[0];
  return [
    ['overview', '/'],
    ['jobs', '/jobs'],
    ['job', `/jobs/${job?.id}`],
    ['job-new', '/jobs/new'],
    ['triggers', '/triggers'],
    ['trigger', `/triggers/${triggers.find(({ name }) => name === 'deploys')?.id ?? triggers[0]?.id}`],
    ['trigger-new', '/triggers/new'],
    ['runs', '/runs'],
    ['run', `/runs/${run?.id}`],
    ['events', '/events'],
    ['event', `/events/${events[0]?.id}`],
    ['deliveries', '/deliveries'],
    ['tasks', '/tasks'],
    ['agents', '/agents'],
    ['settings', '/settings'],
    ...['secrets', 'access', 'workspaces', 'packages', 'hooks', 'nodes', 'audit'].map((part): [string, string] => [
      `settings-${part}`,
      `/settings/${part}`,
    ]),
  ];
}

async function picturesOf(
  browser: Browser,
  p: { world: World | undefined; folder: string; everywhere: boolean },
): Promise<void> {
  const daemon = await openWorld(p.world);
  try {
    await picturesOfDaemon(browser, daemon, p);
  } finally {
    await end(daemon);
  }
}

/** The pictures are what counts: an agent that would not end in time is told of, and takes nothing with it. */
async function end(daemon: ScratchDaemon): Promise<void> {
  try {
    const { runs } = await daemon.client.runs.list({ status: 'running' });
    for (const run of runs) await daemon.client.runs.cancel(run.id);
    for (const run of runs) await daemon.client.runs.wait(run.id);
    await daemon.close();
  } catch (error) {
    process.stderr.write(`After the pictures: ${error instanceof Error ? error.message : String(error)}\n`);
    await daemon.close().catch(() => undefined);
  }
}

async function picturesOfDaemon(
  browser: Browser,
  daemon: ScratchDaemon,
  p: { world: World | undefined; folder: string; everywhere: boolean },
): Promise<void> {
  const name = p.world?.name ?? 'first';
  const screens: [string, string][] = p.everywhere ? await screensOf(daemon) : [['overview', '/']];
  for (const width of WIDTHS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using tab = await visit({ browser, daemon }, { width, colorScheme });
      const pending = pendingOf(tab.page);
      for (const [screen, path] of screens) {
        if (AT_FEW.has(width) && !FEW.has(screen)) continue;
        const file = join(p.folder, `${name}-${screen}-${width}-${colorScheme}.png`);
        await picture(tab.page, { url: `${daemon.url}${path}`, file, pending });
      }
      if (tab.complaints.length > 0) process.stderr.write(`${tab.complaints.join('\n')}\n`);
    }
  }
}

const DAYS: readonly (readonly [name: string, world: World | undefined])[] = [
  ['busy', BUSY],
  ['bad', BAD],
  ['quiet', QUIET],
  ['first', undefined],
];

const [, , given, only] = process.argv;
const folder = given ?? (await mkdtemp(join(tmpdir(), 'rouse-screenshots-')));
await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
try {
  for (const [name, world] of DAYS) {
    if (only === undefined || only === name) await picturesOf(browser, { world, folder, everywhere: name === 'busy' });
  }
  process.stdout.write(`The pictures are in ${folder}\n`);
} finally {
  await browser.close();
}
