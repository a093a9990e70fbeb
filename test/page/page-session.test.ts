// Who may look, and for how long.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { heading, seriousFindings, visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

describe('signing in', () => {
  it('asks a stranger for the one-time link, and lets nothing be seen', async () => {
    await using tab = await visit(house, { signedIn: false });
    await tab.page.goto(house.daemon.url);
    await tab.page.getByText('rouse open', { exact: true }).waitFor();
    expect(await seriousFindings(tab.page)).toEqual([]);
  });

  it('lasts until somebody signs out', async () => {
    await using tab = await visit(house);
    await tab.page.reload();
    await tab.page.getByRole('button', { name: 'Sign out' }).click();
    await heading(tab.page, 'Sign in');
    await tab.page.reload();
    await heading(tab.page, 'Sign in');
  });

  it('with a link that may only read shows no commands', async () => {
    await using tab = await visit(house, { scopes: ['read'] });
    await tab.page.getByText('This session may look, and change nothing.').waitFor();
    expect(await tab.page.getByRole('button', { name: 'Pause all' }).count()).toBe(0);
    await tab.page.goto(`${house.daemon.url}/jobs`);
    await tab.page.getByText('from-a-file').waitFor();
    expect(await tab.page.getByRole('link', { name: 'New job' }).count()).toBe(0);
  });
});
