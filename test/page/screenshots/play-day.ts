/** Plays the day of a world before the picture, with the real engine, a real store and scripted agents. */
import { TestHouse } from '../../../src/engine/testing/test-house.ts';
import type { ScriptedConversation } from '../../../src/engine/testing/scripted-agent.ts';
import { testAgent } from '../../../src/engine/testing/test-agent.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { World, WorldJob } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** A little more than the time line shows, and no multiple of any job's step: the picture is not taken at a fire. */
const DAY_HOURS = 27.2;
const STEP_MS = 20 * SECOND;

/** Numbers that look like chance and are the same for every picture. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

export async function playDay(world: World, p: { home: string; until: number }): Promise<void> {
  const start = p.until - DAY_HOURS * HOUR;
  const clock = new ManualClock(start);
  const store = await openSqliteStore({ home: p.home, node: 'seed', now: start });
  const agents = [...new Set(world.jobs.map(({ agent }) => agent))].map((name) => testAgent({ name }));
  const house = new TestHouse({ store, clock, agents });
  const chance = numbers(7);
  const counts = new Map<string, number>();
  const endings: { at: number; end: () => void }[] = [];
  house.agents.onStart = (conversation: ScriptedConversation) => {
    conversation.begin();
    const job = world.jobs.find(({ name }) => name === conversation.start.env['ROUSE_AUTOMATION']);
    if (job === undefined) return;
    const count = (counts.get(job.name) ?? 0) + 1;
    counts.set(job.name, count);
    endings.push({
      at: clock.now() + minutesOf(job, chance()) * MINUTE,
      end: () => finish(conversation, job, count, chance()),
    });
  };
  await house.start();
  for (const job of world.jobs) {
    await house.addJob({
      name: job.name,
      agent_name: job.agent,
      prompt: job.prompt,
      schedule: { catch_up_policy: 'skip_missed', ...job.schedule },
      ...job.parts,
    });
  }
  const outageAt = world.outage === undefined ? Infinity : p.until - world.outage.hoursAgo * HOUR;
  let hadOutage = false;
  while (clock.now() < p.until) {
    for (const ending of endings.splice(0)) {
      if (ending.at <= clock.now()) ending.end();
      else endings.push(ending);
    }
    if (!hadOutage && clock.now() >= outageAt && world.outage !== undefined) {
      hadOutage = true;
      house.watched.die();
      clock.advance(world.outage.minutes * MINUTE);
      house.agents.processes.clear();
      await house.killAndStart();
    }
    await house.jump(Math.min(STEP_MS, p.until - clock.now()));
    await store.noteUptime({ now: clock.now(), instance: 'seed', silence_ms: 3 * STEP_MS });
  }
  for (const { end } of endings) end();
  await house.settle();
  await house.close();
}

function minutesOf({ minutes: [least, most] }: WorldJob, chance: number): number {
  return least + (most - least) * chance;
}

function finish(conversation: ScriptedConversation, job: WorldJob, count: number, chance: number): void {
  conversation.say(job.says);
  const cost = (job.cost ?? 0) * (0.7 + chance * 0.6);
  conversation.use({
    input_tokens: Math.round(cost * 90_000),
    output_tokens: Math.round(cost * 6_000),
    cost_usd: cost,
  });
  if (job.failsEach !== undefined && count % job.failsEach === 0) conversation.fail(job.error);
  else conversation.answer(job.says);
}
