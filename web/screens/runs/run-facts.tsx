/** What a run used and was given, beside its story. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiRun } from '../../../src/client/client.ts';
import { countText, moneyText } from '../../text/amount-text.ts';

export function RunFacts({ run }: { run: ApiRun }) {
  const { usage } = run;
  const tokens =
    usage?.input_tokens === undefined
      ? undefined
      : `${countText(usage.input_tokens)} in, ${countText(usage.output_tokens ?? 0)} out`;
  return (
    <>
      <dl className="facts">
        <Fact name="Tokens">{tokens}</Fact>
        <Fact name="Cost">{usage?.cost_usd === undefined ? undefined : moneyText(usage.cost_usd)}</Fact>
        <Fact name="Kind">{run.kind}</Fact>
        <Fact name="Asked by">{run.actor}</Fact>
        <Fact name="Exit code">{run.exit_code}</Fact>
        <Fact name="Event">
          {run.event_id === undefined ? undefined : (
            <Link to="/events/$id" params={{ id: run.event_id }}>
              what woke it
            </Link>
          )}
        </Fact>
        <Fact name="Session">{run.session_id}</Fact>
        <Fact name="Delivery">{run.delivery_error}</Fact>
      </dl>
      {run.prompt !== undefined && (
        <details className="fold">
          <summary>Prompt as sent</summary>
          <pre className="fold-text">{run.prompt}</pre>
        </details>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === null) return null;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
