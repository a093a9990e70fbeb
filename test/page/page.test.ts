// The page in a real browser before a real daemon with real agents.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { launchBrowser, seriousFindings, visit } from './page-visit.ts';

const config = `
[agents.echo]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
permission = "ask"
`;

let browser: Browser;
let daemon: ScratchDaemon;

beforeAll(async () => {
  browser = await launchBrowser();
  daemon = await openScratchDaemon({ config, environment: process.env });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await daemon?.close();
});

describe('signing in', () => {
  it('asks a stranger for the one-time link, and lets nothing be seen', async () => {
    await using tab = await visit(browser, daemon, { signedIn: false });
    await tab.page.goto(daemon.url);
    await tab.page.getByText('rouse open', { exact: true }).waitFor();
    expect(await seriousFindings(tab.page)).toEqual([]);
  });

  it('lasts until somebody signs out', async () => {
    await using tab = await visit(browser, daemon);
    await tab.page.reload();
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await tab.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await tab.page.reload();
    await tab.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('with a link that may only read shows no commands', async () => {
    await using tab = await visit(browser, daemon, { scopes: ['read'] });
    await tab.page.getByText('This session may look, and change nothing.').waitFor();
    expect(await tab.page.getByRole('button', { name: 'Pause all' }).count()).toBe(0);
  });
});

describe('the overview', () => {
  it('teaches the first step while there is nothing', async () => {
    await using tab = await visit(browser, daemon);
    await tab.page.getByRole('link', { name: 'Create the first job' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('shows a run live, with its last words, and takes it off when it has ended', async () => {
    const { job } = await daemon.client.jobs.create({
      name: 'sleeper',
      scope: 'global',
      agent_name: 'echo',
      prompt: '/think reading the diff\n/sleep 2s',
      schedule: { mode: 'every', interval: '5h' },
    });
    await using tab = await visit(browser, daemon);
    const running = tab.page.getByRole('region', { name: 'Running now' });
    await running.getByText('No agent is at work.').waitFor();
    await daemon.client.jobs.trigger(job.id);
    await running.getByText('reading the diff').waitFor();
    await running.getByText('No agent is at work.').waitFor();
    expect(tab.complaints).toEqual([]);
    expect(await seriousFindings(tab.page)).toEqual([]);
  });
});
