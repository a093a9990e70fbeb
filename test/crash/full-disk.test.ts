// A disk that really is full: a small file system mounted for the home. Needs the right to mount; without it the test is
// skipped and says so.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ApiError } from '../../src/client/api-error.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml, type LoadJob } from './crash-load.ts';

/** Room for a database and its log, little enough to be filled in a moment. */
const DISK = '12m';

class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Or the reason why there is none. */
  static async mount(): Promise<SmallDisk | string> {
    const folder = await mkdtemp(join(tmpdir(), 'rouse-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'pipe' });
      return new SmallDisk(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      return `a small file system cannot be mounted here: ${(error as Error).message.trim()}`;
    }
  }

  /** Takes every byte that is left. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'w');
    try {
      for (const size of [1024 * 1024, 4096]) while (this.#write(file, size));
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.folder, 'filler'), { force: true });
  }

  async unmount(): Promise<void> {
    execFileSync('umount', ['-l', this.folder], { stdio: 'pipe' });
    await rm(this.folder, { recursive: true, force: true });
  }

  #write(file: number, size: number): boolean {
    try {
      return writeSync(file, Buffer.alloc(size)) === size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
      throw error;
    }
  }
}

const jobs: LoadJob[] = [
  { name: 'steady', schedule: '{ mode = "every", interval = "300ms" }', prompt: ['sleep 0.1'], overlap: 'queue' },
  {
    name: 'replayed',
    schedule: '{ mode = "every", interval = "500ms", catch_up_policy = "replay", catch_up_max = 1000 }',
    prompt: ['fail-first'],
    retry: '{ strategy = "backoff", max_retries = 2, base_delay = "50ms" }',
    overlap: 'queue_all',
  },
];
/** What the file gains while the disk is full. */
const added: LoadJob = { name: 'added', schedule: '{ mode = "every", interval = "400ms" }', prompt: ['say new'] };

test('a full disk is reported and survived, and afterwards the ledger has no hole', async ({
  skip,
  onTestFinished,
}) => {
  const disk = await SmallDisk.mount();
  if (typeof disk === 'string') return skip(disk);
  // Outside of the full disk: what the agents mark must be told apart from what the daemon could not write.
  const markers = await mkdtemp(join(tmpdir(), 'rouse-markers-'));
  onTestFinished(async () => {
    await disk.unmount();
    await rm(markers, { recursive: true, force: true });
  });
  await using daemon = await openScratchDaemon({
    environment: process.env,
    parentFolder: disk.folder,
    config: loadToml({ jobs, markers }),
  });
  await daemon.waitForRun(({ status, attempt }) => status === 'completed' && attempt === 2);
  // Written while there is room, put in place when there is none: that takes no space.
  const edited = join(daemon.home, 'edited');
  await writeFile(edited, loadToml({ jobs: [...jobs, added], markers }));

  const { jobs: before } = await daemon.client.jobs.list();
  await daemon.waitForHappening(
    ({ type, ...rest }) => type === 'service.failed' && 'code' in rest && rest.code === 'disk_full',
    {
      onListening: () => disk.fill(),
    },
  );
  // It says what is wrong, still answers what it can, and refuses what it cannot keep.
  const { services } = await daemon.client.status();
  expect(services).toContainEqual(
    expect.objectContaining({
      healthy: false,
      error: expect.stringMatching(/disk|space/i),
      since_at: expect.any(String),
    }),
  );
  expect((await daemon.client.jobs.list()).jobs).toHaveLength(2);
  const refused = await daemon.client.jobs.trigger(before[0]!.id).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({ code: 'disk_full' });
  const pid = daemon.pid;
  await daemon.waitForHappening((happened) => happened.type === 'service.failed' && happened.service === 'config', {
    onListening: () => renameSync(edited, join(daemon.home, 'rouse.toml')),
  });

  await daemon.waitForHappening(({ type }) => type === 'service.recovered', { onListening: () => disk.free() });
  const freedAt = Date.now();
  // Nobody has to save the file again.
  await daemon.waitUntil(async ({ client }) => (await client.jobs.list()).jobs.length === 3);
  for (const { id } of (await daemon.client.jobs.list()).jobs) {
    await daemon.waitForRun(
      ({ job_id, status, scheduled_at }) =>
        job_id === id && status === 'completed' && Date.parse(scheduled_at ?? '') > freedAt,
    );
  }
  expect(daemon.pid).toBe(pid);
  await daemon.waitUntil(async ({ client }) => (await client.status()).services.every(({ healthy }) => healthy));
  const rested = await bringToRest(daemon);
  expect(await judge({ daemon, jobs: rested, markers })).toEqual([]);
}, 40_000);
