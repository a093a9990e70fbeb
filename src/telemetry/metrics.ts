/**
 * What happens, counted for Prometheus. Counters and histograms follow the happenings of this process; gauges are read
 * when somebody asks. Labels are values of closed lists only: names of automations and agents would grow without bound.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Happening, HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import { isFinished, type Run } from '../model/run.ts';

/** What is asked for at the moment of a scrape. */
export interface MetricReadings {
  counts(): Promise<{ jobs: number; triggers: number; scheduled: number; running: number; bytes?: number }>;
  configProblems(): number;
  unhealthyServices(): number;
  lastTickAt(): EpochMs | undefined;
  paused(): boolean;
}

export interface Metrics {
  readonly contentType: string;
  /** The exposition text. */
  render(): Promise<string>;
  close(): void;
}

/** From "at once" to "the machine slept": what is interesting lies at both ends. */
const LATENESS_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3_600];
const WAIT_SECONDS = [0.01, 0.1, 1, 5, 30, 60, 300, 900, 3_600, 14_400];
const DURATION_SECONDS = [1, 5, 15, 60, 180, 600, 1_800, 3_600, 10_800];

export function createMetrics(p: { bus: HappeningBus; version: string; readings: MetricReadings }): Metrics {
  const register = new Registry();
  const registers = [register];
  const fires = new Counter({
    name: 'rouse_runs_total',
    help: 'Runs by what became of them; canceled ones include fires that never ran.',
    labelNames: ['kind', 'status', 'reason'],
    registers,
  });
  const lateness = new Histogram({
    name: 'rouse_fire_lateness_seconds',
    help: 'From the scheduled instant to the start of the agent, first attempts of live fires.',
    buckets: LATENESS_SECONDS,
    registers,
  });
  const wait = new Histogram({
    name: 'rouse_queue_wait_seconds',
    help: 'From the moment a run could start to its claim.',
    buckets: WAIT_SECONDS,
    registers,
  });
  const duration = new Histogram({
    name: 'rouse_run_duration_seconds',
    help: 'From the start of the agent to the end of the run.',
    labelNames: ['status'],
    buckets: DURATION_SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: 'rouse_tokens_total',
    help: 'Tokens that finished runs have used.',
    labelNames: ['direction'],
    registers,
  });
  const cost = new Counter({
    name: 'rouse_cost_usd_total',
    help: 'Dollars that finished runs have cost.',
    registers,
  });
  const retries = new Counter({
    name: 'rouse_retries_total',
    help: 'Failed runs that are tried again.',
    registers,
  });
  const tasks = new Counter({
    name: 'rouse_tasks_total',
    help: 'Tasks by what became of them.',
    labelNames: ['status'],
    registers,
  });
  const hookCalls = new Counter({
    name: 'rouse_hook_calls_total',
    help: 'Calls of hooks by what became of them; waiting ones are tried again.',
    labelNames: ['event', 'state'],
    registers,
  });
  const pauses = new Counter({
    name: 'rouse_automations_paused_total',
    help: 'Automations paused after failures in a row.',
    registers,
  });
  addGauges({ registers, version: p.version, readings: p.readings });

  const finished = (run: Run, at: EpochMs): void => {
    fires.inc({ kind: run.kind, status: run.status, reason: run.reason ?? '' });
    if (run.started_at !== undefined) duration.observe({ status: run.status }, seconds(at - run.started_at));
    if (run.usage === undefined) return;
    tokens.inc({ direction: 'input' }, run.usage.input_tokens ?? 0);
    tokens.inc({ direction: 'output' }, run.usage.output_tokens ?? 0);
    cost.inc(run.usage.cost_usd ?? 0);
  };
  const listen = (happening: Happening): void => {
    switch (happening.type) {
      case 'run.created':
        if (isFinished(happening.run.status)) finished(happening.run, happening.at);
        return;
      case 'run.claimed':
        wait.observe(seconds(happening.at - (happening.run.available_at ?? happening.run.created_at)));
        return;
      case 'run.started': {
        const { kind, attempt, scheduled_at, started_at } = happening.run;
        if (kind === 'schedule' && attempt === 1 && scheduled_at !== undefined && started_at !== undefined) {
          lateness.observe(seconds(started_at - scheduled_at));
        }
        return;
      }
      case 'run.finished':
        finished(happening.run, happening.run.ended_at ?? happening.at);
        if (happening.will_retry) retries.inc();
        return;
      case 'task.finished':
        tasks.inc({ status: happening.task.status });
        return;
      case 'hook.called':
        hookCalls.inc({ event: happening.event, state: happening.state });
        return;
      case 'automation.paused':
        pauses.inc();
        return;
      default:
    }
  };
  const close = p.bus.subscribe(listen);
  return { contentType: register.contentType, render: () => register.metrics(), close };
}

function addGauges(p: { registers: Registry[]; version: string; readings: MetricReadings }): void {
  const { registers, readings } = p;
  const gauge = (name: string, help: string, read: () => number | undefined | Promise<number | undefined>): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const value = await read();
        if (value === undefined) this.reset();
        else this.set(value);
      },
    });
  };
  new Gauge({ name: 'rouse_info', help: 'Always 1.', labelNames: ['version'], registers }).set(
    { version: p.version },
    1,
  );
  gauge('rouse_jobs', 'Job definitions.', async () => (await readings.counts()).jobs);
  gauge('rouse_triggers', 'Trigger definitions.', async () => (await readings.counts()).triggers);
  gauge('rouse_runs_waiting', 'Runs that wait to start.', async () => (await readings.counts()).scheduled);
  gauge('rouse_runs_running', 'Runs that execute.', async () => (await readings.counts()).running);
  gauge('rouse_store_bytes', 'Size of the database.', async () => (await readings.counts()).bytes);
  gauge('rouse_config_problems', 'Problems in the configuration files.', () => readings.configProblems());
  gauge('rouse_services_unhealthy', 'Services that fail right now.', () => readings.unhealthyServices());
  gauge('rouse_paused', '1 while everything is paused.', () => (readings.paused() ? 1 : 0));
  gauge('rouse_last_tick_timestamp_seconds', 'When the scheduler last completed a tick.', () => {
    const at = readings.lastTickAt();
    return at === undefined ? undefined : seconds(at);
  });
}

/** A clock that was set back must not make a duration negative. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
