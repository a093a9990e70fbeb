/** Triggers: listed, written, switched, tried, run by hand. Every change goes through the engine's commands. */
import type { AutomationViewFacts } from '../automation-view.ts';
import { AppError } from '../../errors/app-error.ts';
import { budgetOf } from '../../model/effective.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { Spending } from '../../store/account-store.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { ApiDeps } from '../api-deps.ts';
import { validationFailed } from '../contract-check.ts';
import { API_BASE } from '../contract/route-table.ts';
import { definitionOf } from '../definition-input.ts';
import type { Handlers } from '../endpoint.ts';
import { etagOf, readIfMatch } from '../precondition.ts';
import { defined } from '../../lib/defined.ts';
import { readBounds, readSpan, WAIT_MS_MAX } from '../query.ts';
import { startAndWait } from '../run-end.ts';
import { type TriggerView, triggerView } from '../trigger-view.ts';
import { toWire } from '../wire.ts';

/** What a trigger made of so many of the last events is shown with it. */
const RECENT_EVENTS = 20;

type TriggerHandlers = Handlers<
  | 'listTriggers'
  | 'createTrigger'
  | 'getTrigger'
  | 'updateTrigger'
  | 'deleteTrigger'
  | 'runTrigger'
  | 'testTrigger'
  | 'previewTrigger'
  | 'listTriggerRuns'
  | 'setTriggerOverlay'
  | 'clearTriggerOverlay'
>;

export function triggerRoutes(deps: ApiDeps): TriggerHandlers {
  const { store, commands, clock } = deps;

  const viewFacts = (): AutomationViewFacts & { url: string } => ({
    url: deps.status().url,
    automationEnabled: deps.status().automation_enabled,
    pause: commands.pauseState(),
    hasAgent: (name) => deps.agents.get(name) !== undefined,
  });
  const spentBy = async ({ automation }: AutomationRecord<Trigger>): Promise<Spending | undefined> => {
    const { tokens, costUsd, windowMs } = budgetOf(automation);
    if (tokens === null && costUsd === null) return undefined;
    return store.readSpending({ automation_id: automation.id, since: clock.now() - windowMs });
  };
  const triggerReply = async (
    record: AutomationRecord<Trigger>,
  ): Promise<{ body: { trigger: TriggerView }; headers: { etag: string } }> => {
    const recent = await store.listTriggerVerdicts({ trigger_id: record.automation.id, limit: RECENT_EVENTS });
    const webhookProblem = await deps.webhooks.problemOf(record.automation);
    const trigger = triggerView(record, viewFacts(), { webhookProblem, spent: await spentBy(record), recent });
    return { body: { trigger }, headers: { etag: etagOf(record.revision) } };
  };
  const readTrigger = async (id: string): Promise<AutomationRecord<Trigger>> => {
    const record = await store.getTrigger({ id });
    if (record === undefined) throw new AppError('trigger_not_found', { id });
    return record;
  };
  const ifRevision = async (id: string, headers: Headers): Promise<{ ifRevision?: number }> => {
    const current = async (): Promise<number | undefined> => (await store.getTrigger({ id }))?.revision;
    const revision = await readIfMatch(headers.get('if-match'), current);
    return revision === undefined ? {} : { ifRevision: revision };
  };

  return {
    async listTriggers({ query }) {
      const page = await store.listTriggers({ query: defined(query) });
      const facts = viewFacts();
      const triggers = page.items.map((record) => triggerView(record, facts));
      return { body: { triggers, ...(page.next_cursor === undefined ? {} : { next_cursor: page.next_cursor }) } };
    },

    async createTrigger({ body, actor }) {
      const record = await commands.createTrigger({ written: definitionOf(body, 'trigger'), actor });
      const reply = await triggerReply(record);
      const location = `${API_BASE}/automation/triggers/${encodeURIComponent(record.automation.id)}`;
      return { ...reply, headers: { ...reply.headers, location } };
    },

    async getTrigger({ params }) {
      return triggerReply(await readTrigger(params.id));
    },

    async updateTrigger({ params, body, headers, actor }) {
      const patch = definitionOf(body, 'trigger');
      const revision = await ifRevision(params.id, headers);
      return triggerReply(await commands.updateTrigger({ id: params.id, patch, ...revision, actor }));
    },

    async deleteTrigger({ params, headers, actor }) {
      await commands.deleteTrigger({ id: params.id, ...(await ifRevision(params.id, headers)), actor });
      return { body: undefined };
    },

    async runTrigger({ params, query, body, actor, signal }) {
      const waitMs = query.wait === undefined ? 0 : readSpan(query.wait, { path: 'query.wait', max: WAIT_MS_MAX });
      const { envelope } = partsOf(body, ['envelope']);
      const start = () => commands.runTriggerNow({ id: params.id, envelope, actor });
      const run = waitMs === 0 ? await start() : await startAndWait(deps, { start, waitMs, signal });
      const location = `${API_BASE}/automation/runs/${encodeURIComponent(run.id)}`;
      return { body: { run: toWire(run) }, headers: { location } };
    },

    async testTrigger({ params, body }) {
      const { envelope, event_id: eventId } = partsOf(body, ['envelope', 'event_id']);
      if (typeof eventId !== 'string') {
        return { body: { test: await commands.testTrigger({ id: params.id, envelope }) } };
      }
      if (envelope !== undefined) {
        const message = 'Give an envelope or the id of a stored event, not both.';
        throw validationFailed('body', [{ path: 'event_id', code: 'conflict', message }]);
      }
      return { body: { test: await commands.testTrigger({ id: params.id, event_id: eventId }) } };
    },

    async previewTrigger({ body }) {
      const { trigger = {}, envelope } = partsOf(body, ['trigger', 'envelope']);
      const { problems, test } = await commands.previewTrigger({ written: trigger, envelope });
      const preview = { problems: problems.map(({ path, code, message }) => ({ path, code, message })) };
      if (test === undefined) return { body: { preview } };
      const { trigger_id: _none, ...tried } = test;
      return { body: { preview: { ...preview, test: tried } } };
    },

    async listTriggerRuns({ params, query }) {
      await readTrigger(params.id);
      const { items, next_cursor } = await store.listRuns({
        query: { ...readBounds(query, clock.now()), trigger_id: params.id },
      });
      return { body: { runs: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async setTriggerOverlay({ params, body, actor }) {
      return triggerReply(await commands.setTriggerOverlay({ id: params.id, enabled: body.enabled_override, actor }));
    },

    async clearTriggerOverlay({ params, actor }) {
      return triggerReply(await commands.clearTriggerOverlay({ id: params.id, actor }));
    },
  };
}

/** The known fields of an optional body; the domain judges what stands in them. */
function partsOf<Name extends string>(body: unknown, names: readonly Name[]): { [N in Name]?: unknown } {
  if (body === undefined) return {};
  const parts = definitionOf(body, 'body') as Record<string, unknown>;
  const unknown = Object.keys(parts).filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const message = `There is no such field. Known are ${names.join(', ')}.`;
    throw validationFailed(
      'body',
      unknown.map((path) => ({ path, code: 'unknown_field', message })),
    );
  }
  return parts as { [N in Name]?: unknown };
}
