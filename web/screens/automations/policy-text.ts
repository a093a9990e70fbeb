/** What the policies of an automation mean, said for whoever chooses between them or wonders what one does. */
import type { OverlapPolicy } from '../../../src/model/automation-fields.ts';
import { DEFAULT_JOB_OVERLAP } from '../../../src/model/job.ts';
import { DEFAULT_TRIGGER_OVERLAP } from '../../../src/model/trigger.ts';
import type { CatchUpPolicy } from '../../../src/model/schedule/schedule-spec.ts';
import { type ApiAutomation, isTrigger } from '../../data/automations.ts';
import { moneyText, plural } from '../../text/amount-text.ts';

interface PolicyText {
  name: string;
  meaning: string;
}

export const OVERLAP_TEXT: Readonly<Record<OverlapPolicy, PolicyText>> = {
  skip: {
    name: 'skip the new fire',
    meaning: 'A fire while an earlier run is unfinished is skipped, with a row that says so.',
  },
  queue: {
    name: 'let one wait',
    meaning: 'A fire while an earlier run is unfinished waits for its end; at most one waits.',
  },
  queue_all: { name: 'let all wait', meaning: 'Fires wait for the end of earlier runs, one after the other.' },
  cancel_running: { name: 'cancel the earlier run', meaning: 'A new fire ends the earlier run and takes its place.' },
  allow: { name: 'run side by side', meaning: 'Runs of it may overlap.' },
};

export const CATCH_UP_TEXT: Readonly<Record<CatchUpPolicy, PolicyText>> = {
  skip_missed: {
    name: 'skip them',
    meaning: 'Instants that were missed do not run later; one row stands for the range.',
  },
  coalesce: { name: 'run once for all', meaning: 'However many instants were missed, one run makes up for them.' },
  replay: { name: 'run each', meaning: 'Every missed instant runs, oldest first, up to a limit.' },
};

/** What applies to this one, as sentences. */
export function policySentences(of: ApiAutomation): { name: string; value: string; meaning: string }[] {
  const { retry, fire_limit, budget } = of;
  const overlap = of.overlap ?? (isTrigger(of) ? DEFAULT_TRIGGER_OVERLAP : DEFAULT_JOB_OVERLAP);
  const catchUp = isTrigger(of) ? undefined : of.schedule?.catch_up_policy;
  const limits = [
    budget?.run_tokens === undefined ? undefined : `${plural(budget.run_tokens, 'token')} a run`,
    budget?.run_cost_usd === undefined ? undefined : `${moneyText(budget.run_cost_usd)} a run`,
    budget?.cost_usd === undefined ? undefined : `${moneyText(budget.cost_usd)} in any ${budget.window ?? '24h'}`,
    budget?.tokens === undefined ? undefined : `${plural(budget.tokens, 'token')} in any ${budget.window ?? '24h'}`,
  ].filter((each) => each !== undefined);
  return [
    { name: 'Overlap', value: overlap, meaning: OVERLAP_TEXT[overlap].meaning },
    ...(catchUp === undefined
      ? []
      : [{ name: 'Missed fires', value: catchUp, meaning: CATCH_UP_TEXT[catchUp].meaning }]),
    {
      name: 'Limit',
      value: `${fire_limit.max} per ${fire_limit.window}`,
      meaning: 'More fires than this are refused, with a row that says so.',
    },
    retry.strategy === 'none'
      ? {
          name: 'Retries',
          value: 'none',
          meaning: 'A failure stands until the next fire, or until somebody retries it.',
        }
      : {
          name: 'Retries',
          value: String(retry.max_retries),
          meaning: `A failed run is tried again up to ${retry.max_retries} times, after ${retry.base_delay} and then twice as long each time.`,
        },
    ...(of.timeout === undefined
      ? []
      : [
          {
            name: 'Timeout',
            value: of.timeout,
            meaning: 'A run that takes longer is ended, with everything that it started.',
          },
        ]),
    ...(limits.length === 0
      ? []
      : [{ name: 'Budget', value: limits.join(', '), meaning: 'A run that would go beyond it is ended or refused.' }]),
    ...(of.session?.mode === 'resume'
      ? [{ name: 'Conversation', value: 'resume', meaning: 'A run goes on where the last one ended.' }]
      : []),
    ...(of.node_labels === undefined || of.node_labels.length === 0
      ? []
      : [{ name: 'Nodes', value: of.node_labels.join(', '), meaning: 'It runs only where all of these labels are.' }]),
    ...successSentence(of),
  ];
}

function successSentence({ success }: ApiAutomation): { name: string; value: string; meaning: string }[] {
  const wanted = [
    success?.pattern === undefined ? undefined : `an answer that matches ${success.pattern}`,
    success?.file === undefined ? undefined : `the file ${success.file}`,
    success?.exit_codes === undefined ? undefined : `exit code ${success.exit_codes.join(' or ')}`,
  ].filter((each) => each !== undefined);
  if (wanted.length === 0) return [];
  return [{ name: 'Success', value: wanted.join(', '), meaning: 'Without it a run has failed.' }];
}
