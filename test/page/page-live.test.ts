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

  it('notices a daemon that stands still without a word, and is right again once it goes on', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.clock.install();
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    house.daemon.signal('SIGSTOP');
    try {
      // The connection stays open and says nothing; only its keep-alive is missing.
      await page.clock.fastForward(60_000);
      await page.getByText('Not connected.').waitFor();
    } finally {
      house.daemon.signal('SIGCONT');
    }
    await page.clock.fastForward(30_000);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('reads everything anew after the laptop slept', async () => {
    await using tab = await visit(house);
    const { page } = tab;
    await page.clock.install();
    await page.goto(`${house.daemon.url}/jobs`);
    await page.getByText('Live', { exact: true }).waitFor();
    // While a machine sleeps its page hears nothing: what happens then must be there afterwards.
    await page.route('**/api/stream', (route) => route.abort());
    await page.clock.fastForward('08:00:00');
    await page.getByText('Not connected.').waitFor();
    await house.createJob('made-while-it-slept', '/say hello');
    await page.unroute('**/api/stream');
    await page.clock.fastForward(30_000);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('made-while-it-slept').waitFor();
  });

  it('keeps several tabs right at once', async () => {
    const job = await house.createJob('watched', '/say seen by all');
    await using tab = await visit(house);
    const tabs = await Promise.all([1, 2, 3].map(() => tab.context.newPage()));
    for (const page of tabs) {
      await page.goto(`${house.daemon.url}/jobs/${job.id}`);
      await page.getByText('Live', { exact: true }).waitFor();
    }
    await house.daemon.client.jobs.trigger(job.id, { wait: '1m' });
    for (const page of tabs) await page.getByRole('list', { name: 'Runs' }).getByText('seen by all').waitFor();
  });
});
