// Runs in the page: followed live, canceled, retried, answered.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { seriousFindings, visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

/** The state of a run as its own screen says it. */
const runSays = (page: Page, word: string): Promise<void> => page.locator('.head-lead', { hasText: word }).waitFor();

describe('a run', () => {
  it('is seen live on the overview, with its last words, and leaves when it has ended', async () => {
    const job = await house.createJob('sleeper', '/think reading the diff\n/sleep 10m');
    await using tab = await visit(house);
    const running = tab.page.getByRole('region', { name: 'Running now' });
    await running.getByText('No agent is at work.').waitFor();
    const { run } = await house.daemon.client.jobs.trigger(job.id);
    await running.getByText('reading the diff').waitFor();
    await house.daemon.client.runs.cancel(run.id);
    await running.getByText('No agent is at work.').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('is followed as it speaks, canceled after a question, and retried', async () => {
    const job = await house.createJob('talker', '/tool grep Find the call\n/sleep 10m\n/say never');
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/jobs/${job.id}`);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByRole('list', { name: 'Runs' }).getByText('running').click();
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Find the call').first().waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel run' }).click();
    await runSays(page, 'canceled');
    const first = page.url();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.waitForURL((url) => url.href !== first);
    await page.getByRole('link', { name: 'Attempt 2' }).waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel run' }).click();
    await runSays(page, 'canceled');
    expect(tab.complaints).toEqual([]);
  });

  it('asks, and is answered where it is seen', async () => {
    const job = await house.createJob('asker', '/permission rm Delete the old build folder');
    await using tab = await visit(house);
    const { page } = tab;
    const { run } = await house.daemon.client.jobs.trigger(job.id);
    const needs = page.getByRole('region', { name: 'Needs you' });
    await needs.getByText('Delete the old build folder').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await needs.getByRole('button', { name: 'Allow once' }).click();
    await needs.getByText('Delete the old build folder').waitFor({ state: 'detached' });
    expect(await house.daemon.client.runs.wait(run.id)).toMatchObject({ status: 'completed' });
  });

  it('that failed needs a person until the next success', async () => {
    const job = await house.createJob('breaker', '/fail the branch is gone');
    await using tab = await visit(house);
    const needs = tab.page.getByRole('region', { name: 'Needs you' });
    await house.daemon.client.jobs.trigger(job.id, { wait: '1m' });
    await needs.getByText('the branch is gone').waitFor();
    await house.daemon.client.jobs.update(job.id, { prompt: '/say mended' });
    await house.daemon.client.jobs.trigger(job.id, { wait: '1m' });
    await needs.getByText('the branch is gone').waitFor({ state: 'detached' });
  });
});
