/** Jobs: listed, written, switched, run by hand. Every change goes through the engine's commands. */
import { AppError } from '../../errors/app-error.ts';
import { budgetOf } from '../../model/effective.ts';
import type { Job } from '../../model/job.ts';
import type { Spending } from '../../store/account-store.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { ApiDeps } from '../api-deps.ts';
import { backfillInstants } from '../backfill-view.ts';
import { API_BASE } from '../contract/route-table.ts';
import { definitionOf } from '../definition-input.ts';
import type { Handlers } from '../endpoint.ts';
import { calculatedFires, type JobView, jobView, type JobViewFacts, zoneNameOf } from '../job-view.ts';
import { etagOf, readIfMatch } from '../precondition.ts';
import { defined } from '../../lib/defined.ts';
import { readBounds, readSpan, readWhen, WAIT_MS_MAX } from '../query.ts';
import { runView, runViews } from '../run-view.ts';
import { startAndWait } from '../run-end.ts';
import { toWire } from '../wire.ts';

const FIRES_DEFAULT = 5;

type JobHandlers = Handlers<
  | 'listJobs'
  | 'createJob'
  | 'getJob'
  | 'updateJob'
  | 'deleteJob'
  | 'triggerJob'
  | 'backfillJob'
  | 'explainJob'
  | 'listJobRuns'
  | 'listJobFires'
  | 'setJobOverlay'
  | 'clearJobOverlay'
>;

export function jobRoutes(deps: ApiDeps): JobHandlers {
  const { store, commands, clock } = deps;

  const viewFacts = (): JobViewFacts => ({
    now: clock.now(),
    timezone: deps.automationTimezone(),
    automationEnabled: deps.status().automation_enabled,
    pause: commands.pauseState(),
    hasAgent: (name) => deps.agents.get(name) !== undefined,
  });
  /** Of one job only: in a list it would be a question to the store for each. */
  const spentBy = async ({ automation }: AutomationRecord<Job>): Promise<Spending | undefined> => {
    const { tokens, costUsd, windowMs } = budgetOf(automation);
    if (tokens === null && costUsd === null) return undefined;
    return store.readSpending({ automation_id: automation.id, since: clock.now() - windowMs });
  };
  const jobReply = async (
    record: AutomationRecord<Job>,
  ): Promise<{ body: { job: JobView }; headers: { etag: string } }> => ({
    body: { job: jobView(record, viewFacts(), await spentBy(record)) },
    headers: { etag: etagOf(record.revision) },
  });
  const readJob = async (id: string): Promise<AutomationRecord<Job>> => {
    const record = await store.getJob({ id });
    if (record === undefined) throw new AppError('job_not_found', { id });
    return record;
  };
  const ifRevision = async (id: string, headers: Headers): Promise<{ ifRevision?: number }> => {
    const current = async (): Promise<number | undefined> => (await store.getJob({ id }))?.revision;
    const revision = await readIfMatch(headers.get('if-match'), current);
    return revision === undefined ? {} : { ifRevision: revision };
  };

  return {
    async listJobs({ query }) {
      const page = await store.listJobs({ query: defined(query) });
      const facts = viewFacts();
      const jobs = page.items.map((record) => jobView(record, facts));
      return { body: { jobs, ...(page.next_cursor === undefined ? {} : { next_cursor: page.next_cursor }) } };
    },

    async createJob({ body, actor }) {
      const record = await commands.createJob({ written: definitionOf(body, 'job'), actor });
      const reply = await jobReply(record);
      const location = `${API_BASE}/automation/jobs/${encodeURIComponent(record.automation.id)}`;
      return { ...reply, headers: { ...reply.headers, location } };
    },

    async getJob({ params }) {
      return jobReply(await readJob(params.id));
    },

    async updateJob({ params, body, headers, actor }) {
      const patch = definitionOf(body, 'job');
      const revision = await ifRevision(params.id, headers);
      return jobReply(await commands.updateJob({ id: params.id, patch, ...revision, actor }));
    },

    async deleteJob({ params, headers, actor }) {
      await commands.deleteJob({ id: params.id, ...(await ifRevision(params.id, headers)), actor });
      return { body: undefined };
    },

    async triggerJob({ params, query, body, actor, signal }) {
      const waitMs = query.wait === undefined ? 0 : readSpan(query.wait, { path: 'query.wait', max: WAIT_MS_MAX });
      const prompt = body?.prompt === undefined ? {} : { prompt: body.prompt };
      const start = () => commands.runJobNow({ id: params.id, ...prompt, actor });
      const run = waitMs === 0 ? await start() : await startAndWait(deps, { start, waitMs, signal });
      const location = `${API_BASE}/automation/runs/${encodeURIComponent(run.id)}`;
      return { body: { run: await runView(store, run) }, headers: { location } };
    },

    async backfillJob({ params, body, actor }) {
      const record = await readJob(params.id);
      const timezone = deps.automationTimezone();
      const p = { now: clock.now(), zone: zoneNameOf(record, timezone) };
      const from = readWhen(body.from, { ...p, path: 'body.from' });
      const to = readWhen(body.to, { ...p, path: 'body.to' });
      const dryRun = body.dry_run === true;
      const { instants, runs } = await commands.backfillJob({ id: params.id, from, to, dryRun, actor });
      const shown = backfillInstants(record, { instants, timezone });
      return { body: { instants: shown, runs: toWire(runs) }, ...(dryRun ? { status: 200 } : {}) };
    },

    async explainJob({ params, query }) {
      const record = await readJob(params.id);
      const now = clock.now();
      const zone = zoneNameOf(record, deps.automationTimezone());
      const at = query.at === undefined ? now : readWhen(query.at, { now, path: 'query.at', zone });
      return { body: { explanation: toWire(await commands.explainJob({ id: params.id, at })) } };
    },

    async listJobRuns({ params, query }) {
      await readJob(params.id);
      const { items, next_cursor } = await store.listRuns({
        query: { ...readBounds(query, clock.now()), job_id: params.id },
      });
      return { body: { runs: await runViews(store, items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async listJobFires({ params, query }) {
      const record = await readJob(params.id);
      const now = clock.now();
      const timezone = deps.automationTimezone();
      const zone = zoneNameOf(record, timezone);
      const from = query.from === undefined ? now : readWhen(query.from, { now, path: 'query.from', zone });
      const fires = calculatedFires(record, { from, timezone, count: query.count ?? FIRES_DEFAULT });
      return { body: { timezone: zone, fires: toWire(fires) } };
    },

    async setJobOverlay({ params, body, actor }) {
      return jobReply(await commands.setJobOverlay({ id: params.id, enabled: body.enabled_override, actor }));
    },

    async clearJobOverlay({ params, actor }) {
      return jobReply(await commands.clearJobOverlay({ id: params.id, actor }));
    },
  };
}
