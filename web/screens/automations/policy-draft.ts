/**
 * What jobs and triggers share, as a form holds it: texts, as they are being typed. What they mean is for the daemon to
 * judge; this only knows which text belongs to which field.
 */
import type { Client } from '../../../src/client/client.ts';
import type { ApiAutomation } from '../../data/automations.ts';
import { given, listed, number, typed, whole } from './draft-text.ts';

export interface PolicyDraft {
  name: string;
  description: string;
  tags: string;
  agent_name: string;
  /** Empty: global. */
  workspace_id: string;
  prompt: string;
  overlap: string;
  retry: string;
  max_retries: string;
  base_delay: string;
  max_delay: string;
  limit_max: string;
  limit_window: string;
  timeout: string;
  queue_timeout: string;
  priority: string;
  node_labels: string;
  pause_after_failures: string;
  run_tokens: string;
  run_cost_usd: string;
  window_tokens: string;
  window_cost_usd: string;
  window: string;
  session_mode: string;
  session_turns: string;
  session_tokens: string;
  session_age: string;
  success_exit_codes: string;
  success_output: string;
  success_pattern: string;
  success_file: string;
}

type PolicyBody = Omit<Parameters<Client['jobs']['create']>[0], 'schedule' | 'task'>;

export const NEW_POLICY_DRAFT: PolicyDraft = {
  name: '',
  description: '',
  tags: '',
  agent_name: '',
  workspace_id: '',
  prompt: '',
  overlap: '',
  retry: 'none',
  max_retries: '3',
  base_delay: '2s',
  max_delay: '',
  limit_max: '',
  limit_window: '',
  timeout: '',
  queue_timeout: '',
  priority: '',
  node_labels: '',
  pause_after_failures: '',
  run_tokens: '',
  run_cost_usd: '',
  window_tokens: '',
  window_cost_usd: '',
  window: '',
  session_mode: '',
  session_turns: '',
  session_tokens: '',
  session_age: '',
  success_exit_codes: '',
  success_output: '',
  success_pattern: '',
  success_file: '',
};

export function policyDraftOf(of: ApiAutomation): PolicyDraft {
  const { retry, fire_limit, budget, session, success } = of;
  const retries = retry.strategy === 'backoff';
  return {
    name: of.name,
    description: typed(of.description),
    tags: (of.tags ?? []).join(', '),
    agent_name: of.agent_name,
    workspace_id: typed(of.workspace_id),
    prompt: of.prompt,
    overlap: typed(of.overlap),
    retry: retry.strategy,
    max_retries: retries ? typed(retry.max_retries) : NEW_POLICY_DRAFT.max_retries,
    base_delay: retries ? retry.base_delay : NEW_POLICY_DRAFT.base_delay,
    max_delay: typed(retry.max_delay),
    limit_max: typed(fire_limit.max),
    limit_window: fire_limit.window,
    timeout: typed(of.timeout),
    queue_timeout: typed(of.queue_timeout),
    priority: typed(of.priority),
    node_labels: (of.node_labels ?? []).join(', '),
    pause_after_failures: typed(of.pause_after_failures),
    run_tokens: typed(budget?.run_tokens),
    run_cost_usd: typed(budget?.run_cost_usd),
    window_tokens: typed(budget?.tokens),
    window_cost_usd: typed(budget?.cost_usd),
    window: typed(budget?.window),
    session_mode: typed(session?.mode),
    session_turns: typed(session?.max_turns),
    session_tokens: typed(session?.max_tokens),
    session_age: typed(session?.max_age),
    success_exit_codes: (success?.exit_codes ?? []).join(', '),
    success_output: typed(success?.output),
    success_pattern: typed(success?.pattern),
    success_file: typed(success?.file),
  };
}

export function policyBodyOf(draft: PolicyDraft): PolicyBody {
  const { workspace_id, retry, max_retries, base_delay, max_delay } = draft;
  return {
    name: draft.name,
    scope: workspace_id === '' ? 'global' : 'workspace',
    agent_name: draft.agent_name,
    prompt: draft.prompt,
    retry:
      retry === 'backoff'
        ? { strategy: 'backoff', max_retries: number(max_retries) ?? 0, base_delay, ...given({ max_delay }) }
        : { strategy: 'none', max_retries: 0, base_delay: '' },
    ...given({
      workspace_id,
      description: draft.description,
      overlap: draft.overlap,
      timeout: draft.timeout,
      queue_timeout: draft.queue_timeout,
      priority: number(draft.priority),
      node_labels: listed(draft.node_labels),
      pause_after_failures: number(draft.pause_after_failures),
      tags: listed(draft.tags),
      fire_limit: whole(given({ max: number(draft.limit_max), window: draft.limit_window })),
      budget: whole(
        given({
          run_tokens: number(draft.run_tokens),
          run_cost_usd: number(draft.run_cost_usd),
          tokens: number(draft.window_tokens),
          cost_usd: number(draft.window_cost_usd),
          window: draft.window,
        }),
      ),
      session: whole(
        given({
          mode: draft.session_mode,
          max_turns: number(draft.session_turns),
          max_tokens: number(draft.session_tokens),
          max_age: draft.session_age,
        }),
      ),
      success: whole(
        given({
          exit_codes: listed(draft.success_exit_codes)?.map((code) => number(code)),
          output: draft.success_output,
          pattern: draft.success_pattern,
          file: draft.success_file,
        }),
      ),
    }),
  } as PolicyBody;
}
