/** The address of a webhook trigger: a signed command to try it with, a test delivery from here, and what came in. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { announce } from '../../parts/announcer.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { DeliveryRows } from '../deliveries/delivery-rows.tsx';
import { sampleData } from './sample-data.ts';

/** Senders and receivers allow five minutes. */
const FRESH_MS = 120_000;

export function WebhookPart({ trigger }: { trigger: ApiTrigger }) {
  const mayWrite = useMayWrite();
  const send = useMutation({
    mutationFn: () => daemon.webhooks.send(trigger.id, { data: sampleData(trigger) }),
    onSuccess: async ({ reply }) => {
      announce(`The test delivery was answered ${reply?.status ?? ''}.`);
      await Promise.all(['deliveries', 'events', 'runs'].map((area) => cache.invalidateQueries({ queryKey: [area] })));
    },
  });
  return (
    <section className="panel" aria-labelledby="webhook-title">
      <div className="panel-head">
        <h2 id="webhook-title">Webhook</h2>
      </div>
      <div className="panel-body webhook">
        <ProblemNotice error={send.error} />
        {trigger.webhook?.problem !== undefined && <p className="notice">{trigger.webhook.problem}</p>}
        {trigger.webhook !== undefined && (
          <div className="webhook-line">
            <code className="cut">{trigger.webhook.url}</code>
            <CopyButton text={trigger.webhook.url} what="the address" />
          </div>
        )}
        {mayWrite && <SignedCommand trigger={trigger} />}
        {mayWrite && (
          <button type="button" className="button" disabled={send.isPending} onClick={() => send.mutate()}>
            Send a test delivery
          </button>
        )}
        <h3>Deliveries</h3>
        <DeliveryRows triggerId={trigger.id} none={<p className="faint">Nothing came yet.</p>} />
      </div>
    </section>
  );
}

/** Asked for when it is opened: signing is a command that leaves a line in the audit log. */
function SignedCommand({ trigger }: { trigger: ApiTrigger }) {
  const [open, setOpen] = useState(false);
  const signed = useQuery({
    queryKey: ['curl', trigger.id, trigger.updated_at],
    queryFn: ({ signal }) => daemon.webhooks.send(trigger.id, { data: sampleData(trigger), dry_run: true }, { signal }),
    enabled: open,
    // A signature is of its moment; an old one would be refused.
    refetchInterval: open ? FRESH_MS : false,
  });
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>A signed command to try it with</summary>
      <ProblemNotice error={signed.error} />
      {signed.data !== undefined && (
        <>
          <pre className="fold-text">{signed.data.curl}</pre>
          <CopyButton text={signed.data.curl} what="the command" />
        </>
      )}
    </details>
  );
}
