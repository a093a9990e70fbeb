/** A browser and a real daemon with real agents and some history, for one file of tests of the page. */
import type { Browser } from 'playwright-core';
import { vi } from 'vitest';
import type { ApiJob } from '../../src/client/client.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { launchBrowser } from './page-visit.ts';

/** A browser, a daemon and its agents beside other tests on two cores: what takes two seconds alone may take thirty. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const config = `
[agents.echo]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
permission = "ask"

[[automation.jobs]]
name = "from-a-file"
scope = "global"
agent = "echo"
prompt = "/say from a file"
schedule = { mode = "every", interval = "11h" }
`;

/** As Standard Webhooks wants it; made up. */
const secret = `whsec_${Buffer.from('a secret of this test, 32 bytes!').toString('base64')}`;

export interface PageHouse {
  browser: Browser;
  daemon: ScratchDaemon;
  /** A job that does not fire by itself during the test. */
  createJob(name: string, prompt: string): Promise<ApiJob>;
  close(): Promise<void>;
}

/** `extra` goes to the end of the configuration. */
export async function openPageHouse(extra = ''): Promise<PageHouse> {
  const browser = await launchBrowser();
  const environment = { ...process.env, DEPLOY_SECRET: secret };
  const daemon = await openScratchDaemon({ config: config + extra, environment, withinMs: 60_000 }).catch(
    async (error: unknown) => {
      await browser.close();
      throw error;
    },
  );
  const [fromFile] = (await daemon.client.jobs.list({ name: 'from-a-file' })).jobs;
  await daemon.client.jobs.trigger(fromFile?.id ?? '', { wait: '1m' });
  return {
    browser,
    daemon,
    async createJob(name, prompt) {
      const schedule = { mode: 'every', interval: '9h' } as const;
      const { job } = await daemon.client.jobs.create({ name, scope: 'global', agent_name: 'echo', prompt, schedule });
      return job;
    },
    async close() {
      await browser.close();
      await daemon.close();
    },
  };
}
