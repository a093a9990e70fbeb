// A large home in the page: thousands of jobs, tens of thousands of runs, a transcript of twenty thousand entries.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillHome } from './fill-home.ts';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { visit } from './page-visit.ts';

const JOBS = 5_000;
const RUNS = 50_000;
const ENTRIES = 20_000;

let house: PageHouse;
let runId: string;

beforeAll(async () => {
  house = await openPageHouse();
  const { daemon } = house;
  runId = (await daemon.runs())[0]?.id ?? '';
  await house.createJob('job-000002', '/say hello');
  await daemon.stop();
  fillHome({ home: daemon.home, jobs: JOBS, runs: RUNS, entries: ENTRIES, now: Date.now() });
  await daemon.start();
}, 300_000);

afterAll(() => house?.close());

/** So many elements are drawn when a list holds only what is in sight. */
const ROWS_MAX = 120;
/** Of the browser's own processor time for one frame, in milliseconds: other programs on the machine do not count. */
const FRAME_MS_MAX = 60;
const STEPS = 60;

/** Scrolls down as fast as a hand can, and says what each frame cost the browser. */
async function scrollThrough(page: Page, what: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  const before = await taskMs();
  await page.evaluate(`new Promise((done) => {
    let step = 0;
    const next = () => {
      window.scrollBy(0, 1500);
      step += 1;
      if (step < ${STEPS}) requestAnimationFrame(next);
      else requestAnimationFrame(() => done());
    };
    requestAnimationFrame(next);
  })`);
  const perFrame = ((await taskMs()) - before) / STEPS;
  await session.detach();
  process.stdout.write(`${what}: ${perFrame.toFixed(1)} ms of processor per frame while scrolling\n`);
  expect(perFrame).toBeGreaterThan(0);
  expect(perFrame).toBeLessThan(FRAME_MS_MAX);
}

describe('a large home', () => {
  it('shows all of its jobs, and holds only those in sight', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    const from = performance.now();
    await page.goto(`${house.daemon.url}/jobs`);
    await page
      .getByText(/^5k jobs|5,000 jobs|5000 jobs/)
      .or(page.getByText('5k jobs'))
      .first()
      .waitFor();
    process.stdout.write(`${JOBS} jobs: all there after ${Math.round(performance.now() - from)} ms\n`);
    await scrollThrough(page, `${JOBS} jobs`);
    expect(await page.locator('[data-row]').count()).toBeLessThan(ROWS_MAX);
    await page.getByLabel('Find jobs').fill('job-004321');
    await page.getByText('job-004321').waitFor();
    expect(await page.locator('[data-row]').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByLabel('Find jobs').blur();
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Search' }).fill('004322');
    await page.getByRole('option', { name: /job-004322/ }).waitFor();
  });

  it('reads on through its runs', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/runs`);
    await page.locator('[data-row]').first().waitFor();
    await scrollThrough(page, `${RUNS} runs`);
    expect(await page.locator('[data-row]').count()).toBeLessThan(ROWS_MAX);
  });

  it('says one thing of one job without reading the others again', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/jobs`);
    await page.getByText('5k jobs.').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const lists: string[] = [];
    page.on('request', (request) => {
      // A reading of them all begins without a cursor; one that is still under way may go on.
      if (/\/automation\/jobs\?(?!.*cursor=)/.test(request.url())) lists.push(request.url());
    });
    await house.daemon.client.jobs.trigger(`job_${'3'.padStart(26, '0')}`, { wait: '1m', prompt: '/fail no luck' });
    const row = page.locator('[data-row]', { hasText: 'job-000003' });
    await row.locator('.mark-failed').waitFor();
    expect(lists).toEqual([]);
  });

  it('shows the end of a long transcript at once, and all of it to who asks', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/runs/${runId}`);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    await transcript
      .getByText(`entry ${1000 + ENTRIES}`)
      .first()
      .waitFor();
    await transcript.getByRole('button', { name: /^Show .* earlier$/ }).click();
    await transcript.getByText('entry 1001', { exact: true }).first().waitFor();
    await scrollThrough(page, `${ENTRIES} entries`);
    expect(await transcript.locator('.block').count()).toBeLessThan(ROWS_MAX);
  });
});
