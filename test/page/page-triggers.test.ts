// Triggers, webhooks and tasks in the page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { heading, seriousFindings, visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

describe('a trigger', () => {
  it('is written as three sentences, tried without anything happening, and says why an event did or did not wake it', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/triggers/new`);
    await page.getByLabel('Name').fill('deploys');
    await page.getByLabel('Event', { exact: true }).fill('ext.deploy');
    await page.getByLabel('All of these').fill('data.action = deploy');
    await page.getByLabel('Prompt').fill('/say Validate {{ .Data.branch }}');
    const preview = page.getByRole('complementary', { name: 'What this trigger would do' });
    await preview.getByLabel('On an event with this data').fill('{ "action": "rollback", "branch": "next" }');
    await preview.getByText('/say Validate next').waitFor();
    await preview.getByRole('img', { name: 'does not hold' }).waitFor();
    await page.getByRole('button', { name: 'Create trigger' }).click();
    await heading(page, 'deploys');
    const trial = page.getByRole('region', { name: 'Try it' });
    await trial.getByLabel('Data of the event').fill('{ "action": "rollback", "branch": "main" }');
    await trial.getByRole('button', { name: 'Test' }).click();
    await trial.getByRole('img', { name: 'does not hold' }).waitFor();
    await trial.getByLabel('Data of the event').fill('{ "action": "deploy", "branch": "main" }');
    await trial.getByRole('button', { name: 'Test' }).click();
    await trial.getByText('/say Validate main').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(
      (await house.daemon.client.runs.list({ limit: 500 })).runs.filter(({ trigger_id }) => trigger_id !== undefined),
    ).toEqual([]);

    await house.daemon.client.events.send({ kind: 'ext.deploy', data: { action: 'deploy', branch: 'main' } });
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').waitFor();
    await page.goto(`${house.daemon.url}/events`);
    await page.getByText('1 of 1 trigger').first().click();
    await page.getByRole('img', { name: 'matched', exact: true }).waitFor();
    await page.getByText('"branch": "main"').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

describe('a webhook', () => {
  it('is tried from the page with a signed delivery, seen, and carried out once more', async () => {
    const { trigger } = await house.daemon.client.triggers.create({
      name: 'hooked',
      scope: 'global',
      agent_name: 'echo',
      event: 'webhook',
      endpoint_slug: 'deploy',
      webhook_secret_ref: 'env:DEPLOY_SECRET',
      prompt: '/say deployed',
    });
    await using tab = await visit(house);
    const { page } = tab;
    await page.goto(`${house.daemon.url}/triggers/${trigger.id}`);
    const part = page.getByRole('region', { name: 'Webhook' });
    await part.getByText('A signed command to try it with').click();
    await part.getByText('curl', { exact: false }).last().waitFor();
    await part.getByRole('button', { name: 'Send a test delivery' }).click();
    const deliveries = part.getByRole('list', { name: 'Deliveries' });
    await deliveries.getByRole('listitem').nth(0).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await deliveries.getByRole('button', { name: 'Replay' }).first().click();
    await deliveries.getByText('a replay').waitFor();
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').nth(1).waitFor();
    await page.goto(`${house.daemon.url}/deliveries`);
    await page.getByText('a replay').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});

describe('tasks', () => {
  it('move over the board as they are handed over, claimed and canceled', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await page.getByText('Nothing was handed over yet').waitFor();
    await house.daemon.client.tasks.create({ title: 'Read the release notes' });
    await page.getByRole('region', { name: 'Queue' }).getByText('Read the release notes').waitFor();
    await house.daemon.client.tasks.claim({ worker: 'ada' });
    const claimed = page.getByRole('region', { name: 'Claimed' });
    await claimed.getByText('ada').waitFor();
    await claimed.getByText('lease ends in').waitFor();
    await claimed.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel task' }).click();
    await page.getByRole('region', { name: 'Done' }).getByText('Read the release notes').waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
