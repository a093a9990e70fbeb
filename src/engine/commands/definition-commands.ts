/**
 * The verbs that change definitions: create, update, delete, and the switch over those from files. Jobs and triggers go
 * one way; what differs between them is handed in (definition-kind.ts).
 */
import { AppError, isAppError } from '../../errors/app-error.ts';
import type { ErrorCode } from '../../errors/catalog.ts';
import { suggest } from '../../lib/suggest.ts';
import type { Automation } from '../../model/automation.ts';
import { isTrigger } from '../../model/automation.ts';
import { automationToWire } from '../../model/definition.ts';
import { sortableId } from '../../model/identifiers.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { Actor, AutomationCommands } from '../automation-commands.ts';
import { reportCanceled } from '../report-canceled.ts';
import type { CommandContext } from './command-context.ts';
import { type DefinitionKind, jobKind, triggerKind } from './definition-kind.ts';
import { mergePatch } from './merge-patch.ts';
import { withWorkspaceId } from './workspace-reference.ts';

type DefinitionCommands = Pick<
  AutomationCommands,
  | 'createJob'
  | 'updateJob'
  | 'deleteJob'
  | 'setJobOverlay'
  | 'clearJobOverlay'
  | 'createTrigger'
  | 'updateTrigger'
  | 'deleteTrigger'
  | 'setTriggerOverlay'
  | 'clearTriggerOverlay'
>;

export function definitionCommands(context: CommandContext): DefinitionCommands {
  const jobs = verbsFor(context, jobKind);
  const triggers = verbsFor(context, triggerKind);
  return {
    createJob: jobs.create,
    updateJob: jobs.update,
    deleteJob: jobs.delete,
    setJobOverlay: jobs.setOverlay,
    clearJobOverlay: jobs.clearOverlay,
    createTrigger: triggers.create,
    updateTrigger: triggers.update,
    deleteTrigger: triggers.delete,
    setTriggerOverlay: triggers.setOverlay,
    clearTriggerOverlay: triggers.clearOverlay,
  };
}

interface DefinitionVerbs<A extends Automation> {
  create: (p: { written: unknown; actor: Actor }) => Promise<AutomationRecord<A>>;
  update: (p: { id: string; patch: unknown; ifRevision?: number; actor: Actor }) => Promise<AutomationRecord<A>>;
  delete: (p: { id: string; ifRevision?: number; actor: Actor }) => Promise<void>;
  setOverlay: (p: { id: string; enabled: boolean; actor: Actor }) => Promise<AutomationRecord<A>>;
  clearOverlay: (p: { id: string; actor: Actor }) => Promise<AutomationRecord<A>>;
}

function verbsFor<A extends Automation>(context: CommandContext, kind: DefinitionKind<A>): DefinitionVerbs<A> {
  const { store, placeCursor } = context;
  const notFound = (id: string): AppError => new AppError(kind.notFound, { id });

  const find = async (id: string): Promise<AutomationRecord<A>> => {
    const record = await kind.find(store, id);
    if (record === undefined) throw notFound(id);
    return record;
  };
  const changed = (p: { what: 'created' | 'updated' | 'deleted'; id: string; now: EpochMs }): void => {
    context.bus.report(kind.happening(p));
    context.poke();
  };
  /** The step answered for an id of this kind, which never changes. */
  const asRecord = (record: AutomationRecord): AutomationRecord<A> => record as AutomationRecord<A>;

  return {
    async create(p) {
      const now = context.clock.now();
      const automation = await complete(context, kind, {
        written: p.written,
        id: sortableId(kind.noun, { now, random: context.randomBytes(10) }),
        now,
        createdAt: now,
      });
      kind.refuseNew({ automation, previous: undefined, now });
      const answer = await store.createAutomation({ now, automation, placeCursor });
      if (answer.outcome !== 'created') throw taken(answer.outcome, automation);
      changed({ what: 'created', id: automation.id, now });
      return asRecord(answer.record);
    },

    async update(p) {
      const now = context.clock.now();
      // Completed before the step, because looking a workspace up is a read of its own; the revision that was read is
      // what the step insists on, so a change in between is noticed and the patch made again.
      for (;;) {
        const current = await find(p.id);
        const { source, created_at: createdAt } = current.automation;
        if (source !== 'dynamic') throw new AppError('read_only_definition', { id: p.id, source });
        const {
          id: _id,
          source: _source,
          created_at: _created,
          updated_at: _updated,
          ...written
        } = automationToWire<Automation>(current.automation);
        const automation = await complete(context, kind, {
          written: mergePatch(written, p.patch),
          id: p.id,
          now,
          createdAt,
        });
        kind.refuseNew({ automation, previous: current.automation, now });
        const answer = await store.updateAutomation<never>({
          now,
          id: p.id,
          ifRevision: p.ifRevision ?? current.revision,
          change: () => ({ automation }),
          placeCursor,
        });
        switch (answer.outcome) {
          case 'updated':
            changed({ what: 'updated', id: p.id, now });
            return asRecord(answer.record);
          case 'revision_mismatch':
            if (p.ifRevision === undefined) continue;
            throw new AppError('precondition_failed', { id: p.id, expected: p.ifRevision, actual: answer.revision });
          case 'not_found':
          case 'refused':
            throw notFound(p.id);
          case 'read_only':
            throw new AppError('read_only_definition', { id: p.id, source });
          default:
            throw taken(answer.outcome, automation);
        }
      }
    },

    async delete(p) {
      const record = await find(p.id);
      const now = context.clock.now();
      const answer = await store.deleteAutomation({
        now,
        id: p.id,
        actor: p.actor,
        ...(p.ifRevision === undefined ? {} : { ifRevision: p.ifRevision }),
      });
      switch (answer.outcome) {
        case 'deleted':
          await reportCanceled(context, answer.canceled_run_ids, now);
          changed({ what: 'deleted', id: p.id, now });
          return;
        case 'not_found':
          throw notFound(p.id);
        case 'read_only':
          throw new AppError('read_only_definition', { id: p.id, source: record.automation.source });
        case 'revision_mismatch':
          throw new AppError('precondition_failed', { id: p.id, expected: p.ifRevision ?? 0, actual: answer.revision });
      }
    },

    async setOverlay(p) {
      const record = await find(p.id);
      const now = context.clock.now();
      const answer = await store.setOverlay({ now, id: p.id, enabled_override: p.enabled, placeCursor });
      if (answer.outcome !== 'set') {
        throw answer.outcome === 'not_found'
          ? notFound(p.id)
          : new AppError('overlay_requires_config_source', { id: p.id, source: record.automation.source });
      }
      changed({ what: 'updated', id: p.id, now });
      return asRecord(answer.record);
    },

    async clearOverlay(p) {
      await find(p.id);
      const now = context.clock.now();
      const answer = await store.clearOverlay({ now, id: p.id, placeCursor });
      if (answer.outcome !== 'cleared') {
        throw answer.outcome === 'not_found' ? notFound(p.id) : new AppError(kind.overlayNotFound, { id: p.id });
      }
      changed({ what: 'updated', id: p.id, now });
      return asRecord(answer.record);
    },
  };
}

async function complete<A extends Automation>(
  context: CommandContext,
  kind: DefinitionKind<A>,
  p: { written: unknown; id: string; now: EpochMs; createdAt: EpochMs },
): Promise<A> {
  const completed = kind.complete(p.written, {
    id: p.id,
    source: 'dynamic',
    now: p.now,
    createdAt: p.createdAt,
    defaults: context.defaults(),
  });
  // What the model says comes first: it is all there is to mend in one go, whatever this house knows.
  if (!completed.ok) {
    throw new AppError(
      'validation_failed',
      { subject: kind.noun, problems: completed.problems.length },
      { problems: completed.problems },
    );
  }
  const automation = await placed(context, kind, completed.automation);
  if (kind.needsAgent(automation) && context.agents.get(automation.agent_name) === undefined) {
    const known = context.agents.list().map((agent) => agent.name);
    const suggestion = suggest(automation.agent_name, known);
    const error = new AppError('agent_unknown', {
      agent: automation.agent_name,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    throw aboutField(error, { path: `${kind.noun}.agent_name`, value: automation.agent_name });
  }
  return automation;
}

/** In the workspace that was meant, by its id. `workspace_not_found` says which field names one that nobody knows. */
async function placed<A extends Automation>(context: CommandContext, kind: DefinitionKind<A>, written: A): Promise<A> {
  const { workspace_id: value } = written;
  try {
    return await withWorkspaceId(context, written);
  } catch (error) {
    if (!isAppError(error, 'workspace_not_found')) throw error;
    throw aboutField(error, { path: `${kind.noun}.workspace_id`, value });
  }
}

/** The same refusal, which says where in what was written its reason stands. */
function aboutField<Code extends ErrorCode>(
  { code, data, message }: AppError<Code>,
  field: { path: string; value: unknown },
): AppError<Code> {
  return new AppError(code, data, { problems: [{ ...field, code: 'unknown_value', message }] });
}

function taken(
  outcome: 'job_name_taken' | 'trigger_name_taken' | 'trigger_webhook_id_taken',
  automation: Automation,
): AppError {
  if (outcome === 'trigger_webhook_id_taken') {
    const webhookId = isTrigger(automation) ? (automation.webhook_id ?? '') : '';
    return new AppError('trigger_webhook_id_taken', { webhook_id: webhookId });
  }
  return new AppError(outcome, {
    name: automation.name,
    scope: automation.scope,
    ...(automation.workspace_id === undefined ? {} : { workspace_id: automation.workspace_id }),
  });
}
