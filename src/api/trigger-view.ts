/** A trigger as the API shows it. */
import type { z } from 'zod';
import { describeTrigger } from '../model/describe-trigger.ts';
import { formatInstant } from '../model/instant.ts';
import type { Trigger } from '../model/trigger.ts';
import { addressOf } from '../sources/webhook/address.ts';
import type { Store } from '../store/store.ts';
import type { Spending } from '../store/account-store.ts';
import type { AutomationRecord } from '../store/definition-store.ts';
import { type AutomationViewFacts, standingOf } from './automation-view.ts';
import type { trigger } from './contract/trigger.ts';
import { toWire } from './wire.ts';

export type TriggerView = z.output<typeof trigger>;

type RecentVerdicts = Awaited<ReturnType<Store['listTriggerVerdicts']>>;

export function triggerView(
  record: AutomationRecord<Trigger>,
  facts: AutomationViewFacts & { url: string },
  more: { webhookProblem?: string | undefined; spent?: Spending | undefined; recent?: RecentVerdicts } = {},
): TriggerView {
  const { filter, ...definition } = record.automation;
  return {
    ...toWire(definition),
    ...(filter === undefined ? {} : { filter }),
    ...standingOf(record, { facts, spent: more.spent }),
    ...webhookOf(record.automation, facts.url, more.webhookProblem),
    trigger_text: describeTrigger(record.automation),
    ...(more.recent === undefined
      ? {}
      : {
          recent_events: more.recent.map(({ activation, verdict }) => ({
            event_id: activation.id,
            kind: activation.kind,
            accepted_at: formatInstant(activation.accepted_at),
            verdict,
          })),
        }),
  };
}

function webhookOf(trigger: Trigger, url: string, problem: string | undefined): Pick<TriggerView, 'webhook'> {
  const path = addressOf(trigger);
  if (path === undefined) return {};
  return { webhook: { url: url + path, path, ...(problem === undefined ? {} : { problem }) } };
}
