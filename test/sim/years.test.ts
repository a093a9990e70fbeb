// A daily job through every change of the clocks of some years, in the whole engine on virtual time. What is expected is
// read from the wall clocks of the zones by `Intl`, not from our own calendar.
import { afterAll, expect, test } from 'vitest';
import { VirtualTime } from '../../src/clock/virtual-time.ts';
import { compileSchedule } from '../../src/model/schedule/next-fires.ts';
import { calmScript } from './agent-script.ts';
import { AgentWorld } from './agent-world.ts';
import { createSimDaemon } from './daemon.ts';
import { Life } from './life.ts';
import { Random } from './random.ts';
import { drawScenario } from './scenario.ts';
import { SimFolder } from './sim-home.ts';
import { WallClock } from './wall-clock.ts';

const folder = new SimFolder('memory');
afterAll(() => folder.remove());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** All changes of a clock that there are lie on such minutes. */
const STEP = 10 * MINUTE;

interface Years {
  zone: string;
  /** In the hour that is missing in spring, there twice in autumn, or both. */
  time: string;
  from: string;
  until: string;
  days: number;
}

const cases: Years[] = [
  { zone: 'America/New_York', time: '02:30', from: '2026-01-01', until: '2029-01-01', days: 1096 },
  { zone: 'America/New_York', time: '01:30', from: '2026-01-01', until: '2028-01-01', days: 730 },
  { zone: 'Europe/Paris', time: '02:30', from: '2026-01-01', until: '2029-01-01', days: 1096 },
  { zone: 'Australia/Lord_Howe', time: '02:10', from: '2026-01-01', until: '2029-01-01', days: 1096 },
  { zone: 'Australia/Lord_Howe', time: '01:40', from: '2026-01-01', until: '2028-01-01', days: 730 },
  // With the day that Samoa left out.
  { zone: 'Pacific/Apia', time: '03:30', from: '2010-09-01', until: '2012-09-01', days: 731 },
];

/** The first moment of each day whose wall clock shows `time` or, where that does not exist, the first one after it. */
function expectedInstants(p: Years): number[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: p.zone, dateStyle: 'short', timeStyle: 'short' });
  const instants: number[] = [];
  const last = Date.parse(p.until) + 26 * HOUR;
  let wanted = p.from;
  for (let at = Date.parse(p.from) - 26 * HOUR; at < last && wanted < p.until; at += STEP) {
    if (format.format(at) < `${wanted} ${p.time}`) continue;
    instants.push(at);
    wanted = new Date(Date.parse(wanted) + 24 * HOUR).toISOString().slice(0, 10);
    // The next day may begin before this moment is over: a day that was left out ends where the next one begins.
    at -= STEP;
  }
  return instants;
}

function exprOf(time: string): string {
  const [hour, minute] = time.split(':').map(Number);
  return `${minute} ${hour} * * *`;
}

test.each(cases)('$zone, daily at $time from $from until $until', async (years) => {
  const expected = expectedInstants(years);
  expect(expected).toHaveLength(years.days);
  const spec = { mode: 'cron', expr: exprOf(years.time), timezone: years.zone } as const;
  const first = expected[0]!;
  const preview = compileSchedule(spec, { timezone: 'UTC', anchor: 0 });
  expect(preview.between(first - 1, expected.at(-1)!, 10_000)).toEqual(expected);

  const time = new VirtualTime();
  const wall = new WallClock(time, first - HOUR);
  const home = folder.newHome();
  const random = new Random('years');
  const scenario = { ...drawScenario(random), caps: { total: 5, per_agent: {}, per_workspace: 0, held: [] } };
  const life = new Life({ node: 'node-1', time, wall });
  const world = new AgentWorld({ time, onStart: () => {}, onResume: () => {}, onEnd: () => {} });
  const stage = { world, scriptOf: calmScript, workspaceOf: () => '', machineOf: () => 'the machine' };
  const daemon = createSimDaemon({ life, store: home.store, stage, scenario, random, alter: (context) => context });
  const story = (async () => {
    const written = { name: 'daily', scope: 'global', agent_name: 'red', prompt: 'Good morning.', schedule: spec };
    await daemon.commands.createJob({ written, actor: 'user:test' });
    await daemon.engine.pauseSwitch.load();
    daemon.engine.start();
    for (const instant of expected) {
      // The night passes at once; a moment before the instant nothing has happened yet.
      wall.jump(instant - wall.now() - 2000);
      await time.sleep(6000);
    }
    await daemon.engine.stop({ graceMs: 1000 });
    return true;
  })();
  const isOver = { now: false };
  void story.finally(() => {
    isOver.now = true;
  });
  expect(await time.runUntil(() => isOver.now)).toBe(true);
  await story;
  const rows = home.connection.all<{ scheduled_at: number; status: string; started_at: number }>(
    'select scheduled_at, status, started_at from runs order by scheduled_at',
  );
  expect(rows.map((row) => row.scheduled_at)).toEqual(expected);
  expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['completed']));
  const late = Math.max(...rows.map((row) => row.started_at - row.scheduled_at));
  expect(late).toBeLessThan(1000);
  life.die();
  home.remove();
});
