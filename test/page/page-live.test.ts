// The page while its daemon comes and goes.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openPageHouse, type PageHouse } from './page-house.ts';
import { visit } from './page-visit.ts';

let house: PageHouse;

beforeAll(async () => {
  house = await openPageHouse();
}, 300_000);

afterAll(() => house?.close());

describe('the connection', () => {
  it('says when it is cut off, and is right again by itself after a restart of the daemon', async () => {
    const job = await house.createJob('patient', '/say after the restart');
    const { port } = new URL(house.daemon.url);
    await using tab = await visit(house);
    const { page } = tab;
    await page.getByText('Live', { exact: true }).waitFor();
    await house.daemon.stop();
    await page.getByText('Not connected.').waitFor();
    await house.daemon.start({ port: Number(port) });
    await page.getByText('Live', { exact: true }).waitFor();
    await house.daemon.client.jobs.trigger(job.id, { wait: '1m' });
    await page.goto(`${house.daemon.url}/runs?job_id=${job.id}`);
    await page.getByRole('list', { name: 'Runs' }).getByText('completed').waitFor();
  });
});
