// The settings in the page: secrets, access, workspaces, packages, hooks, nodes, the audit log.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { seriousFindings, visit } from './page-visit.ts';

const hooks = `
[[hooks]]
name = "tell"
event = ["automation.run.completed"]
command = ["/bin/true"]
`;

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse(hooks);
}, 300_000);

afterAll(() => house?.close());

describe('the settings', () => {
  it('take a secret and never give it back', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/settings/secrets`);
    await page.getByLabel('Name', { exact: true }).fill('deploy');
    await page.getByLabel('Value', { exact: true }).fill('s3cret-of-this-test');
    await page.getByRole('button', { name: 'Store' }).click();
    await page.getByText('vault:automation/deploy').waitFor();
    expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('');
    expect(await page.content()).not.toContain('s3cret-of-this-test');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove deploy' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove secret' }).click();
    await page.getByText('The vault is empty').waitFor();
    expect(await house.daemon.client.secrets.list()).toEqual([]);

    await page.goto(`${house.daemon.url}/settings/audit`);
    const changes = page.getByRole('list', { name: 'Changes' });
    await changes.getByText('set secret').waitFor();
    await page.getByLabel('Operation', { exact: true }).fill('removeSecret');
    await changes.getByText('set secret').waitFor({ state: 'detached' });
    await changes.getByText('remove secret').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('give a token once, and a link that works once and allows no more than was chosen', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/settings/access`);
    await page.getByLabel('Name', { exact: true }).fill('ci');
    await page.getByRole('button', { name: 'Create token' }).click();
    const shown = page.locator('.shown-once');
    await shown.getByText('The secret of').waitFor();
    const secret = (await shown.locator('code').textContent()) ?? '';
    const reply = await fetch(`${house.daemon.url}/api/status`, { headers: { authorization: `Bearer ${secret}` } });
    expect(reply.status).toBe(200);
    expect(await seriousFindings(page)).toEqual([]);
    await shown.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Revoke ci' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No program has a token of its own.').waitFor();

    await page.getByRole('button', { name: 'Make a link' }).click();
    await shown.getByText('It works once').waitFor();
    const url = (await shown.locator('code').textContent()) ?? '';
    await using other = await visit(house, { signedIn: false });
    await other.page.goto(url);
    await other.page.getByText('This session may look, and change nothing.').waitFor();
    await using late = await visit(house, { signedIn: false });
    await late.page.goto(url);
    await late.page.getByRole('status').filter({ hasNotText: 'To sign in' }).waitFor();
    expect(new URL(late.page.url()).pathname).toBe('/sign-in');
  });

  it('register a folder, trust it after a question, add a package, and let both go again', async () => {
    const folder = join(house.daemon.folder, 'checkout-api');
    const added = join(house.daemon.folder, 'nightly');
    await mkdir(folder);
    await mkdir(added);
    const definition = `name = "@acme/nightly"
version = "1.2.0"

[[jobs]]
name = "from-a-package"
agent = "echo"
scope = "global"
prompt = "/say packaged"
schedule = { mode = "every", interval = "11h" }
`;
    await writeFile(join(added, 'rouse-package.toml'), definition);
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/settings/workspaces`);
    await page.getByLabel('Folder', { exact: true }).fill(folder);
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('its own file is not read').waitFor();
    await page.getByRole('button', { name: 'Trust checkout-api' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Trust it' }).click();
    await page.getByText('its own .rouse/automation.toml is read').waitFor();
    await page.getByRole('button', { name: 'Remove checkout-api' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove workspace' }).click();
    await page.getByText('No folder is registered').waitFor();

    await page.getByRole('link', { name: 'Packages' }).click();
    await page.getByLabel('Folder or npm package').fill(added);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('@acme/nightly', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'its jobs' }).click();
    await page.getByText('from-a-package').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove @acme/nightly' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove package' }).click();
    await page.getByText('No package was added').waitFor();
    expect((await house.daemon.client.jobs.list({ name: 'from-a-package' })).jobs).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  it('call a hook once to see that it works, and list its calls', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/settings/hooks`);
    await page.getByRole('button', { name: 'Test tell' }).click();
    await page.getByRole('list', { name: 'Calls' }).getByRole('img', { name: 'completed' }).first().waitFor();
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.getByText('None yet.').waitFor();
    await page.getByRole('link', { name: 'Nodes' }).click();
    await page.getByText('the one that serves this page').waitFor();
    await page.getByRole('button', { name: /^Drain / }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Drain node' }).click();
    await page.getByText('drained: starts nothing').waitFor();
    await page.getByRole('button', { name: 'Undrain' }).click();
    await page.getByText('drained: starts nothing').waitFor({ state: 'detached' });
    expect(tab.complaints).toEqual([]);
  });

  it('show a session that may only look no command', async () => {
    await using tab = await visit(house, { scopes: ['read'] });
    for (const path of ['secrets', 'workspaces', 'packages', 'hooks']) {
      await tab.page.goto(`${house.daemon.url}/settings/${path}`);
      await tab.page.locator('h1').waitFor();
      expect(await tab.page.locator('main form, main .record-commands button:not([aria-label^="Copy"])').count()).toBe(
        0,
      );
    }
    await tab.page.goto(`${house.daemon.url}/settings/access`);
    await tab.page.getByText('Only an admin session sees this').waitFor();
  });
});
