/**
 * A process that writes without a pause until it is killed: it plans fires, claims and finishes them, and says on
 * standard output what the store has confirmed. Run by store-sqlite.test.ts; the argument is the home.
 */
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { COMPLETED, MINUTE, T0, claim, createJob, decideOne, finish, job } from './store-fixture.ts';

const home = process.argv[2];
if (home === undefined) throw new Error('the home is missing');
const store = await openSqliteStore({ home, node: `writer-${process.pid}`, now: T0, threads: true });
const JOBS = 20;
for (let i = 0; i < JOBS; i += 1) {
  await createJob(store, job(`job_${i}`, { fire_limit: { max: 1_000_000, window: '1h' } }), T0);
}
for (let now = T0; ; now += MINUTE) {
  const planned = await store.planFires({ now, limit: JOBS, daily_since: null, decide: decideOne() });
  for (const fire of planned) for (const run of fire.runs) process.stdout.write(`created ${run.id}\n`);
  for (const claimed of await claim(store, { now, node: `writer-${process.pid}` })) {
    process.stdout.write(`claimed ${claimed.run.id}\n`);
    const ended = await finish(store, claimed, COMPLETED, now);
    if (ended.outcome === 'finished') process.stdout.write(`finished ${claimed.run.id}\n`);
  }
}
