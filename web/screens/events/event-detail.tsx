/** One event: which triggers were considered, which matched, and why the others did not. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ApiEventExplanation } from '../../../src/client/client.ts';
import { eventOf } from '../../data/triggers.ts';
import { useNames } from '../../data/use-names.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { automationOf } from '../../text/run-text.ts';
import './event-list.css';

export function EventDetail() {
  const id = useParams({ strict: false }).id ?? '';
  const query = useQuery(eventOf(id));
  return <Loaded of={query}>{(event) => <EventPage event={event} />}</Loaded>;
}

const MATCHED: ReadonlySet<string> = new Set([
  'fired',
  'deferred',
  'gathered',
  'loop_guard',
  'overlap',
  'budget',
  'fire_limit',
]);

function EventPage({ event }: { event: ApiEventExplanation }) {
  const names = useNames();
  return (
    <>
      <PageHead
        title={event.kind}
        lead={
          <>
            <Ago at={event.accepted_at} /> · {event.source} · <code>{event.id}</code>
          </>
        }
      />
      <p className="event-sentence">
        <Sentence of={event.sentence} />
      </p>
      <div className="event-columns">
        <div className="event-side">
          <section className="panel" aria-labelledby="verdicts-title">
            <div className="panel-head">
              <h2 id="verdicts-title">What triggers made of it</h2>
            </div>
            <ul className="panel-body">
              {event.verdicts.map(({ trigger_id, trigger_name, verdict, detail, run_id }) => (
                <Verdict
                  key={trigger_id}
                  id={trigger_id}
                  name={trigger_name}
                  holds={MATCHED.has(verdict)}
                  detail={detail}
                  runId={run_id}
                />
              ))}
              {event.not_considered.map(({ trigger_id, trigger_name, detail }) => (
                <Verdict key={trigger_id} id={trigger_id} name={trigger_name} holds={false} detail={detail} />
              ))}
              {event.verdicts.length + event.not_considered.length === 0 && (
                <li className="faint">No trigger waits for this kind of event.</li>
              )}
              {event.verdicts_more > 0 && <li className="faint">{event.verdicts_more} more verdicts were not kept.</li>}
            </ul>
          </section>
          {event.runs.length > 0 && (
            <section className="panel" aria-labelledby="came-title">
              <div className="panel-head">
                <h2 id="came-title">What came of it</h2>
              </div>
              <ul className="panel-body">
                {event.runs.map((run) => (
                  <li key={run.id} className="event-run">
                    <StatusMark status={run.status} />
                    <Link to="/runs/$id" params={{ id: run.id }}>
                      {automationOf(run, names)}
                    </Link>
                    <span className="soft">{statusWord(run)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <section aria-labelledby="payload-title">
          <h2 id="payload-title">Payload</h2>
          <pre className="event-payload">{JSON.stringify(event.data, undefined, 2)}</pre>
          {event.lineage.length > 1 && (
            <>
              <h2>Where it came from</h2>
              <ol className="event-lineage">
                {event.lineage.map(({ event: before, run }) => (
                  <li key={`${before?.id ?? ''} ${run?.id ?? ''}`}>
                    {before !== undefined && (
                      <Link to="/events/$id" params={{ id: before.id }}>
                        <code>{before.kind}</code>
                      </Link>
                    )}
                    {run !== undefined && (
                      <>
                        {' led to '}
                        <Link to="/runs/$id" params={{ id: run.id }}>
                          {automationOf(run, names)}
                        </Link>
                      </>
                    )}
                  </li>
                ))}
              </ol>
            </>
          )}
        </section>
      </div>
    </>
  );
}

function Verdict(p: { id: string; name: string; holds: boolean; detail: string; runId?: string | undefined }) {
  return (
    <li className="verdict">
      <StatusMark status={p.holds ? 'completed' : 'scheduled'} label={p.holds ? 'matched' : 'did not match'} />
      <div>
        <Link to="/triggers/$id" params={{ id: p.id }} className="verdict-name">
          {p.name}
        </Link>
        <p className="soft">
          <Sentence of={p.detail} />{' '}
          {p.runId !== undefined && (
            <Link to="/runs/$id" params={{ id: p.runId }}>
              Its run
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
