/** A trigger's row as what the decision about an activation is told, and the verdicts that need no decision. */
import type { Activation, TriggerVerdict } from '../../model/activation.ts';
import type { Run } from '../../model/run.ts';
import type { Trigger } from '../../model/trigger.ts';
import type { AcceptedActivation, MatchCandidate, MatchDecider } from '../activation-store.ts';
import { type AutomationRow, isEnabled } from './automation-row.ts';
import type { ReadDefinition } from './stored-definition.ts';

export function candidateOf(row: AutomationRow, read: ReadDefinition): MatchCandidate {
  const candidate: MatchCandidate = { trigger: read.automation as Trigger, enabled: isEnabled(row, read) };
  if (row.paused_at !== null) candidate.paused = row.paused_error ?? '';
  if (read.unreadable !== undefined) candidate.unreadable = read.unreadable;
  return candidate;
}

/** What came of one candidate. */
export interface MatchOutcome {
  verdict: TriggerVerdict;
  runs: Run[];
  canceled_run_ids: string[];
}

/** Nothing but a verdict. */
export function onlyVerdict(verdict: TriggerVerdict): MatchOutcome {
  return { verdict, runs: [], canceled_run_ids: [] };
}

/** What the acceptance decided for one concerned trigger, once it is carried out. */
export function firedOutcome(
  row: Pick<AutomationRow, 'id' | 'name'>,
  decision: ReturnType<MatchDecider['accept']>,
  made: { runs: Run[]; canceled_run_ids: string[] },
): MatchOutcome {
  const runId = decision.runs[0]?.id;
  return {
    verdict: {
      trigger_id: row.id,
      trigger_name: row.name,
      verdict: decision.verdict,
      detail: decision.detail,
      ...(runId === undefined ? {} : { run_id: runId }),
    },
    ...made,
  };
}

/** The answer to whoever brought the activation, before anything was considered. */
export function nothingAccepted(activation: Activation): AcceptedActivation {
  return { outcome: 'stored', activation, runs: [], verdicts: [], canceled_run_ids: [] };
}
