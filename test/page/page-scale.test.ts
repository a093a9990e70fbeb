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
/** The bound is for two cores that eight others use; alone on its machine it is a tenth. */
const TASK_MS_MAX = 3_000;
const STEPS = 60;

/** Scrolls down as fast as a hand can, and says how long the browser could not answer meanwhile. */
async function scrollThrough(page: Page, what: string): Promise<void> {
  const tasks = await page.evaluate<number[]>(`new Promise((done) => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    let step = 0;
    const next = () => {
      window.scrollBy(0, 1500);
      step += 1;
      if (step < ${STEPS}) requestAnimationFrame(next);
      else setTimeout(() => { observer.disconnect(); done(tasks); }, 200);
    };
    requestAnimationFrame(next);
  })`);
  const longest = Math.round(Math.max(0, ...tasks));
  const total = Math.round(tasks.reduce((sum, each) => sum + each, 0));
  process.stdout.write(
    `${what}: ${tasks.length} tasks over 50 ms in ${STEPS} frames, longest ${longest} ms, ${total} ms in all\n`,
  );
  expect(longest).toBeLessThan(TASK_MS_MAX);
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
    await page.getByText('job-000003').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const lists: string[] = [];
    page.on('request', (request) => {
      if (/\/automation\/jobs\?/.test(request.url())) lists.push(request.url());
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
