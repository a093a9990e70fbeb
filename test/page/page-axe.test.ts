// What axe has to say about every screen, and about what opens over them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { seriousFindings, visit } from './page-visit.ts';

let house: PageHouse;
let jobId: string;
let triggerId: string;
let eventId: string;
let runId: string;

beforeAll(async () => {
  house = await openPageHouse();
  const { client } = house.daemon;
  const { trigger } = await client.triggers.create({
    name: 'deploys',
    scope: 'global',
    agent_name: 'echo',
    event: 'ext.deploy',
    prompt: '/say Validate {{ .Data.branch }}',
  });
  const { event } = await client.events.send({ kind: 'ext.deploy', data: { branch: 'main' } });
  await client.tasks.create({ title: 'Read the release notes' });
  await client.secrets.set('deploy', 'value');
  await client.tokens.create({ name: 'ci', scopes: ['read'] });
  const { job } = await client.jobs.create({
    name: 'failing',
    scope: 'global',
    agent_name: 'echo',
    prompt: '/fail the branch is gone',
    schedule: { mode: 'every', interval: '9h' },
    tags: ['nightly'],
  });
  const { run } = await client.jobs.trigger(job.id, { wait: '1m' });
  [jobId, triggerId, eventId, runId] = [job.id, trigger.id, event.id, run.id];
}, 300_000);

afterAll(() => house?.close());

const screens = (): string[] => [
  '/',
  '/jobs',
  '/jobs/new',
  `/jobs/${jobId}`,
  '/runs',
  `/runs/${runId}`,
  '/triggers',
  '/triggers/new',
  `/triggers/${triggerId}`,
  '/events',
  `/events/${eventId}`,
  '/deliveries',
  '/tasks',
  '/agents',
  '/settings',
  '/settings/secrets',
  '/settings/access',
  '/settings/workspaces',
  '/settings/packages',
  '/settings/hooks',
  '/settings/nodes',
  '/settings/audit',
  '/nowhere',
];

describe('axe finds nothing serious', () => {
  it.each([
    ['at a desk, light and dark', 1280, ['light', 'dark']],
    ['on a phone', 360, ['light']],
  ] as const)(
    'on any screen %s',
    async (_, width, schemes) => {
      await using tab = await visit(house, { width });
      const { page } = tab;
      for (const path of screens()) {
        await page.goto(`${house.daemon.url}${path}`);
        await page.locator('h1, .empty-title').first().waitFor();
        await page.getByText('Live', { exact: true }).waitFor();
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          expect(await seriousFindings(page), `${path} ${colorScheme}`).toEqual([]);
        }
      }
      expect(tab.complaints).toEqual([]);
    },
    180_000,
  );

  it('in what opens over a screen: palette, keys, menu, dialogs, folded parts of forms', async () => {
    await using tab = await visit(house, { colorScheme: 'dark' });
    const { page } = tab;
    const check = async (what: string): Promise<void> => {
      expect(await seriousFindings(page), what).toEqual([]);
      await page.keyboard.press('Escape');
    };
    await page.keyboard.press('/');
    await page.getByRole('option').first().waitFor();
    await check('palette');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await check('keys');
    await page.getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('alertdialog').waitFor();
    await check('question');
    await page.goto(`${house.daemon.url}/jobs/${jobId}`);
    const menu = page.getByRole('button', { name: 'More actions' });
    for (const item of ['Why did it (not) run?', 'Run instants of the past…', 'Delete…']) {
      await menu.click();
      await page.getByRole('menuitem', { name: item }).waitFor();
      expect(await seriousFindings(page), 'menu').toEqual([]);
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
      await check(item);
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor({ state: 'detached' });
    }
    for (const path of ['/jobs/new', '/triggers/new']) {
      await page.goto(`${house.daemon.url}${path}`);
      await page.locator('.form-fold').first().waitFor();
      await page.evaluate(`for (const fold of document.querySelectorAll('.form-fold')) fold.open = true`);
      await check(path);
    }
  });
});
