// Nothing changes that is not written down: the daemon is killed in the middle of many changes, and afterwards every
// change that is there has its record, and every record that says "done" has its change.
import { expect, test } from 'vitest';
import type { ApiChangeRecord } from '../../src/client/client.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const config = `
[agents.cat]
type = "command"
command = ["cat"]
`;

const ROUNDS = 3;
/** When every kill so far fell between two changes, more follow. */
const ROUNDS_MAX = 12;
const WRITERS = 4;
/** So many changes are answered before the kill; how many more are under way then is chance. */
const ANSWERED = 25;

async function records(daemon: ScratchDaemon): Promise<ApiChangeRecord[]> {
  const all: ApiChangeRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await daemon.client.audit({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.changes);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return all;
}

/** Creates jobs and changes them again and again until the daemon is gone; says how much was answered. */
async function change(daemon: ScratchDaemon, p: { writer: string; onAnswer: () => void }): Promise<void> {
  const { client } = daemon;
  try {
    for (let n = 0; ; n += 1) {
      const { job } = await client.jobs.create({
        name: `${p.writer}-${n}`,
        scope: 'global',
        agent_name: 'cat',
        prompt: 'Hello.',
        schedule: { mode: 'every', interval: '1000h' },
      });
      p.onAnswer();
      for (let step = 0; step < 3; step += 1) {
        await client.jobs.update(job.id, { description: `${step}` });
        p.onAnswer();
      }
      if (n % 2 === 1) {
        await client.jobs.remove(job.id);
        p.onAnswer();
      }
    }
  } catch {
    // The daemon was killed.
  }
}

test('after kill -9 in the middle of changes, every change has a record and every record that is done its change', async () => {
  await using daemon = await openScratchDaemon({ config, environment: process.env });
  let cut = 0;
  for (let round = 0; round < ROUNDS || (cut === 0 && round < ROUNDS_MAX); round += 1) {
    const enough = Promise.withResolvers<void>();
    let answered = 0;
    const onAnswer = (): void => {
      answered += 1;
      if (answered === ANSWERED) enough.resolve();
    };
    const writers = Array.from({ length: WRITERS }, (_, n) => change(daemon, { writer: `w${round}-${n}`, onAnswer }));
    await enough.promise;
    await daemon.kill();
    await Promise.all(writers);
    await daemon.start();

    const trail = await records(daemon);
    const count = (operation: string, outcomes: readonly string[], target?: string): number =>
      trail.filter(
        (each) =>
          each.operation === operation &&
          outcomes.includes(each.outcome) &&
          (target === undefined || each.target === target),
      ).length;
    const { jobs } = await daemon.client.jobs.list({ limit: 500 });
    expect(trail.filter(({ outcome }) => outcome === 'refused')).toEqual([]);
    expect(trail.every(({ actor }) => actor.startsWith('user:'))).toBe(true);

    // Which job a creation was about is known only when it is done, so they are counted.
    const gone = (outcomes: readonly string[]): number => count('deleteJob', outcomes);
    expect(jobs.length).toBeLessThanOrEqual(count('createJob', ['done', 'begun']) - gone(['done']));
    expect(jobs.length).toBeGreaterThanOrEqual(count('createJob', ['done']) - gone(['done', 'begun']));
    for (const { id } of jobs) {
      const { etag } = await daemon.client.jobs.get(id);
      const changes = Number(/\d+/.exec(etag)?.[0]) - 1;
      expect(changes).toBeLessThanOrEqual(count('updateJob', ['done', 'begun'], id));
      expect(changes).toBeGreaterThanOrEqual(count('updateJob', ['done'], id));
    }
    const missing = jobs.length - (count('createJob', ['done']) - gone(['done']));
    cut = trail.filter(({ outcome }) => outcome === 'begun').length;
    expect(Math.abs(missing)).toBeLessThanOrEqual(cut);
  }
  // The kills did hit changes under way.
  expect(cut).toBeGreaterThan(0);
}, 120_000);
