// What holds for every screen: keys, size, width, and what axe has to say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { heading, visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

describe('every screen', () => {
  it('is reached by keys: search, screens, rows, help', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: 'Search' }).fill('from-a');
    await page
      .getByRole('option', { name: /from-a-file/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await heading(page, 'from-a-file');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await heading(page, 'Runs');
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Transcript' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  });

  it('is small and soon there', async () => {
    await using tab = await visit(house);
    await tab.page.reload();
    await heading(tab.page, 'Overview');
    const scripts = await tab.page.evaluate<number>(
      `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
    );
    let paint = Infinity;
    // The best of three: what the others do on this machine is no property of the page.
    for (let look = 0; look < 3; look += 1) {
      await tab.page.reload();
      await heading(tab.page, 'Overview');
      const at = await tab.page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);
      paint = Math.min(paint, at);
    }
    expect(scripts).toBeGreaterThan(50_000);
    expect(scripts).toBeLessThan(250_000);
    // A second where nobody else is at work; this machine is busy with the other tests.
    expect(paint).toBeLessThan(3_000);
    process.stdout.write(
      `the page: ${Math.round(scripts / 1_000)} kB of scripts, first paint after ${Math.round(paint)} ms\n`,
    );
  });

  // 640 is what a window of 1280 has left at a zoom of 200 %.
  it.each([360, 640, 1024, 2560])('fits into %i pixels', async (width) => {
    const [job] = (await house.daemon.client.jobs.list()).jobs;
    const [run] = (await house.daemon.client.runs.list({ limit: 1 })).runs;
    await using tab = await visit(house, { width });
    for (const path of [
      '/',
      '/jobs',
      '/jobs/new',
      `/jobs/${job?.id}`,
      '/runs',
      `/runs/${run?.id}`,
      '/triggers/new',
      '/events',
      '/tasks',
      '/agents',
      '/settings',
      '/settings/access',
    ]) {
      await tab.page.goto(`${house.daemon.url}${path}`);
      await tab.page.locator('h1').first().waitFor();
      const wider = await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wider, path).toBeLessThanOrEqual(0);
    }
  });

  it('goes through marks with the arrow keys, and says what each is', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    const marks = page.getByRole('toolbar', { name: /^Marks/ });
    await marks.getByRole('link').first().waitFor();
    await page.getByRole('link', { name: 'from-a-file' }).first().focus();
    await page.keyboard.press('Tab');
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');
    const first = await focused();
    expect(first).toMatch(/^(completed at|fires at)/);
    await page.keyboard.press('End');
    expect(await focused()).toMatch(/^fires at/);
    await page.keyboard.press('Home');
    expect(await focused()).toMatch(/^completed at/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Transcript' }).waitFor();
  });

  it('can be used by keys alone: a job is written, run, looked at and deleted', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    const tabTo = async (name: string): Promise<void> => {
      const reached = `document.activeElement?.labels?.[0]?.textContent === ${JSON.stringify(name)} || document.activeElement?.getAttribute('aria-label') === ${JSON.stringify(name)} || document.activeElement?.textContent?.trim() === ${JSON.stringify(name)}`;
      for (let presses = 0; presses < 60; presses += 1) {
        if (await page.evaluate<boolean>(reached)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the tab key never came to ${name}`);
    };
    await page.keyboard.press('n');
    await heading(page, 'New job');
    await tabTo('Name');
    await page.keyboard.type('by-keys');
    await tabTo('Prompt');
    await page.keyboard.type('/say by keys');
    await tabTo('Create job');
    // What has the focus is seen to have it.
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await heading(page, 'by-keys');
    await tabTo('Run now');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').waitFor();
    await page.keyboard.press('.');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe('More actions');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Delete…' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    // Who closed a dialog goes on where it was opened from.
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe('More actions');
  });

  it('moves nothing for who wants no motion', async () => {
    const job = await house.createJob('mover', '/sleep 10m');
    const { run } = await house.daemon.client.jobs.trigger(job.id);
    await using tab = await visit(house);
    const { page } = tab;
    await page.getByRole('region', { name: 'Running now' }).getByText('mover').waitFor();
    const moving = (): Promise<number> =>
      page.evaluate(`document.getAnimations().filter(({ playState }) => playState === 'running').length`);
    expect(await moving()).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await moving()).toBeGreaterThan(0);
    await house.daemon.client.runs.cancel(run.id);
  });
});
