// Files of a registered workspace change, and a real daemon wakes an agent; what the agent itself writes does not.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

let daemon: ScratchDaemon;
let folder: string;
beforeAll(async () => {
  daemon = await openScratchDaemon({ environment: process.env, withinMs: 40_000, config: '' });
  folder = join(daemon.folder, 'shop');
  await mkdir(join(folder, 'src'), { recursive: true });
  await daemon.client.workspaces.register({ path: folder, name: 'shop' });
  await daemon.writeConfig(`
    [agents.writer]
    type = "command"
    command = ["sh", "-c", "cat; date >> src/written.ts"]
    [[watch]]
    workspace = "shop"
    paths = ["src/**/*.ts"]
    debounce = "100ms"
    [[automation.triggers]]
    scope = "workspace"
    workspace = "shop"
    name = "review"
    event = "file.changed"
    agent = "writer"
    prompt = "Review {{ join .Data.paths \\", \\" }}."
  `);
  await daemon.waitUntil(async () => (await daemon.client.triggers.list()).triggers.length === 1);
});
afterAll(() => daemon.close());

const changed = async () => (await daemon.client.events.list({ kind: 'file.changed' })).events.toReversed();

it(
  'wakes an agent once for files that changed together, and not for what the agent wrote',
  { timeout: 60_000 },
  async () => {
    let round = 0;
    // The tree is known shortly after the configuration was taken over; who writes before that is not heard.
    await daemon.waitUntil(async () => {
      round += 1;
      await writeFile(join(folder, 'src/a.ts'), `export const a = ${round};`);
      await writeFile(join(folder, 'src/b.ts'), `export const b = ${round};`);
      return (await changed()).length > 0;
    });
    const run = await daemon.waitForRun(({ status }) => status === 'completed');
    expect(run.output).toMatch(/^Review src\/a\.ts(, src\/b\.ts)?\.$/);
    await daemon.waitUntil(async () =>
      (await changed()).some(({ data }) => (data['paths'] as string[]).includes('src/written.ts')),
    );
    const own = (await changed()).find(({ data }) => (data['paths'] as string[]).includes('src/written.ts'));
    const { verdicts, cause } = await daemon.client.events.get(own?.id ?? '');
    expect(cause?.run_id).toBe(run.id);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['own_event']);
    expect((await daemon.runs()).filter(({ event_id: event }) => event === own?.id)).toEqual([]);
  },
);
