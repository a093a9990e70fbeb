/** What fires next over all jobs, in one rising line: a merge of the jobs' own lines, each read a little at a time. */
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { FirePreview } from '../model/schedule/describe.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import type { ApiDeps } from './api-deps.ts';
import { comingFires } from './job-view.ts';

interface NextFire extends FirePreview {
  job_id: string;
  job_name: string;
  agent_name: string;
  workspace_id?: string;
}

interface NextFires {
  until_at: EpochMs;
  fires: NextFire[];
  truncated: boolean;
}

/** Of more jobs than this only those that fire first are looked at; they fill any list that somebody can read. */
const JOBS_MAX = 500;
/** Few, because most lines give one instant to a list and the rest would be calculated for nothing. */
const FIRES_PER_READ = 8;

/** One job's coming instants, calculated as they are asked for. */
class FireLine {
  readonly record: AutomationRecord<Job>;
  readonly #timezone: string;
  #fires: FirePreview[] = [];
  #after: EpochMs;
  #ended = false;

  constructor(record: AutomationRecord<Job>, p: { now: EpochMs; timezone: string }) {
    this.record = record;
    this.#timezone = p.timezone;
    this.#after = p.now;
  }

  peek(): FirePreview | undefined {
    if (this.#fires.length === 0 && !this.#ended) {
      this.#fires = comingFires(this.record, {
        now: this.#after,
        timezone: this.#timezone,
        count: FIRES_PER_READ,
      });
      this.#ended = this.#fires.length < FIRES_PER_READ;
      this.#after = this.#fires.at(-1)?.at ?? this.#after;
    }
    return this.#fires[0];
  }

  take(): void {
    this.#fires.shift();
  }
}

/** Instants after `now` up to `until`, at most `limit`; those of one instant in order of their jobs' names. */
export async function nextFiresOf(
  deps: Pick<ApiDeps, 'store' | 'automationTimezone'>,
  p: { now: EpochMs; until: EpochMs; limit: number },
): Promise<NextFires> {
  const timezone = deps.automationTimezone();
  const records = await deps.store.listUpcoming({ until: p.until, limit: JOBS_MAX });
  const lines = records
    .map((record) => new FireLine(record, { now: p.now, timezone }))
    .toSorted((a, b) => (a.record.automation.name < b.record.automation.name ? -1 : 1));
  const fires: NextFire[] = [];
  for (;;) {
    const line = earliest(lines);
    const fire = line?.peek();
    if (line === undefined || fire === undefined || fire.at > p.until) {
      return { until_at: p.until, fires, truncated: records.length === JOBS_MAX };
    }
    if (fires.length === p.limit) return { until_at: p.until, fires, truncated: true };
    line.take();
    fires.push({ ...fire, ...jobFields(line.record.automation) });
  }
}

function earliest(lines: readonly FireLine[]): FireLine | undefined {
  let best: FireLine | undefined;
  let bestAt = Infinity;
  for (const line of lines) {
    const at = line.peek()?.at ?? Infinity;
    if (at < bestAt) {
      best = line;
      bestAt = at;
    }
  }
  return best;
}

function jobFields(job: Job): Omit<NextFire, keyof FirePreview> {
  const { id, name, agent_name, workspace_id } = job;
  return { job_id: id, job_name: name, agent_name, ...(workspace_id === undefined ? {} : { workspace_id }) };
}
