// Jobs in the page: written, seen to fire, switched, explained, deleted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { heading, visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

describe('a job', () => {
  it('is created with its meaning in sight, fires, and takes another schedule', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.keyboard.press('n');
    await heading(page, 'New job');
    await page.getByLabel('Name').fill('weekday-review');
    await page.getByLabel('Prompt').fill('/say reviewed');
    await page.getByLabel('Expression').fill('30 2 * * *');
    await page.getByLabel('Time zone').fill('Europe/Paris');
    const preview = page.getByRole('complementary', { name: 'What this schedule means' });
    await preview.getByText('Every day at 02:30').waitFor();
    await page.getByRole('radio', { name: 'In steps' }).click();
    await page.getByLabel('Every', { exact: true }).fill('1s');
    await preview.getByText('Every second').waitFor();
    await page.getByRole('button', { name: 'Create job' }).click();
    await heading(page, 'weekday-review');
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').first().waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Every', { exact: true }).fill('7h');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Every 7 hours').waitFor();
    const { jobs } = await house.daemon.client.jobs.list({ name: 'weekday-review' });
    expect(jobs[0]).toMatchObject({ prompt: '/say reviewed', schedule: { mode: 'every', interval: '7h' } });
    expect(tab.complaints).toEqual([]);
  });

  it('says what the daemon refuses beside the field that it is about', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/jobs/new`);
    await page.getByLabel('Name').fill('wrong');
    await page.getByLabel('Prompt').fill('Hello.');
    await page.getByLabel('Expression').fill('61 * * * *');
    await page.getByRole('button', { name: 'Create job' }).click();
    await page.getByLabel('Expression').and(page.locator('[aria-invalid=true]')).waitFor();
    expect((await house.daemon.client.jobs.list({ name: 'wrong' })).jobs).toEqual([]);
  });

  it('of a file is switched by an overlay, which can be taken off', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/jobs`);
    await page.getByText('from-a-file').click();
    await page.getByRole('switch', { name: 'Fires by its schedule' }).click();
    await page.getByText('It is off, so nothing is to come.').waitFor();
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Follow the file’s switch again' }).click();
    await page.getByText('It is off, so nothing is to come.').waitFor({ state: 'detached' });
  });

  it('explains itself, runs instants of its past after showing them, and is deleted after a question', async () => {
    const schedule = { mode: 'cron', expr: '0 3 * * *', timezone: 'Europe/Paris' } as const;
    const { job } = await house.daemon.client.jobs.create({
      name: 'nightly',
      scope: 'global',
      agent_name: 'echo',
      prompt: '/say done',
      schedule,
    });
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/jobs/${job.id}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Why did it (not) run?' }).click();
    await page.getByText("is no instant of this job's schedule").waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Run instants of the past…' }).click();
    await page.getByLabel('From').fill('2026-03-01T00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-03-02T23:00');
    await page.getByRole('button', { name: 'Show what would run' }).click();
    await page.getByRole('button', { name: 'Create 2 runs' }).click();
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').nth(1).waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete job' }).click();
    await heading(page, 'Jobs');
    expect((await house.daemon.client.jobs.list({ name: 'nightly' })).jobs).toEqual([]);
  });
});
