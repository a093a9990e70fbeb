/** An activation and its verdicts as rows: what their columns mean. */
import type { Activation, MatchVerdict, TriggerVerdict } from '../../model/activation.ts';
import type { ActivationSource } from '../../model/activation-envelope.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Scope } from '../../model/scope.ts';

export interface ActivationRow {
  seq: number;
  id: string;
  kind: string;
  scope: Scope;
  workspace_id: string;
  source: ActivationSource;
  occurred_at: EpochMs;
  accepted_at: EpochMs;
  depth: number;
  cause_run_id: string | null;
  cause_automation_id: string | null;
  actor: string | null;
  addressed_to: string | null;
  gathered_by: string | null;
  gathered_key: string | null;
  gathered_count: number | null;
  match_after: number | null;
  considered: number;
  matched: number;
  data: string;
}

export function activationOf(row: ActivationRow): Activation {
  const activation: Activation = {
    id: row.id,
    kind: row.kind,
    scope: row.scope,
    source: row.source,
    data: JSON.parse(row.data) as Activation['data'],
    occurred_at: row.occurred_at,
    accepted_at: row.accepted_at,
    depth: row.depth,
    matching: row.match_after !== null,
    considered: row.considered,
    matched: row.matched,
  };
  if (row.workspace_id !== '') activation.workspace_id = row.workspace_id;
  if (row.cause_run_id !== null) {
    activation.cause = { run_id: row.cause_run_id, automation_id: row.cause_automation_id ?? '' };
  }
  if (row.actor !== null) activation.actor = row.actor;
  if (row.addressed_to !== null) activation.addressed_to = row.addressed_to;
  if (row.gathered_by !== null) {
    activation.gathered = {
      trigger_id: row.gathered_by,
      key: row.gathered_key ?? '',
      count: row.gathered_count ?? 0,
    };
  }
  return activation;
}

export interface VerdictRow {
  automation_id: string;
  automation_name: string;
  verdict: MatchVerdict;
  detail: string;
  run_id: string | null;
  gathered_into: string | null;
}

export function verdictOf(row: VerdictRow): TriggerVerdict {
  const verdict: TriggerVerdict = {
    trigger_id: row.automation_id,
    trigger_name: row.automation_name,
    verdict: row.verdict,
    detail: row.detail,
  };
  if (row.run_id !== null) verdict.run_id = row.run_id;
  if (row.gathered_into !== null) verdict.gathered_into = row.gathered_into;
  return verdict;
}
