/** What stands beside a definition's text because a query needs it, and what two definitions cannot both have. */
import { isTrigger } from '../../model/automation.ts';
import type { Automation } from '../../model/automation.ts';
import type { EpochMs } from '../../model/instant.ts';
import { definitionText, kindOf } from './stored-definition.ts';

export type TakenOutcome = 'job_name_taken' | 'trigger_name_taken' | 'trigger_webhook_id_taken';

export interface Collision {
  outcome: TakenOutcome;
  /** Whose it is. */
  holderId: string;
}

/** The columns of a definition, in the order in which both statements name them. */
export function definitionColumns(automation: Automation, updatedAt: EpochMs): (string | number | null)[] {
  return [
    kindOf(automation),
    automation.scope,
    automation.workspace_id ?? '',
    automation.name,
    automation.source,
    automation.agent_name,
    isTrigger(automation) ? automation.event : null,
    webhookIdOf(automation),
    tagText(automation.tags),
    `${automation.name}\n${automation.description ?? ''}`.toLowerCase(),
    updatedAt,
    definitionText(automation),
  ];
}

export function webhookIdOf(automation: Automation): string | null {
  return isTrigger(automation) && automation.webhook_id ? automation.webhook_id : null;
}

/** Each tag between two separators, so that one can be found as a whole without reading JSON in SQL. */
const TAG_SEPARATOR = '\u001f';

function tagText(tags: readonly string[] | undefined): string {
  return tags === undefined || tags.length === 0 ? '' : TAG_SEPARATOR + tags.join(TAG_SEPARATOR) + TAG_SEPARATOR;
}

export function tagNeedle(tag: string): string {
  return TAG_SEPARATOR + tag + TAG_SEPARATOR;
}
