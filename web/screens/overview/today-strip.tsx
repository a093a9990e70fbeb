/** The day in numbers, each with what it is measured against. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNow } from '../../clock/use-now.ts';
import { statusQuery, usageSince } from '../../data/house.ts';
import { timelineQuery } from '../../data/timeline.ts';
import { countText, moneyText } from '../../text/amount-text.ts';
import { epochOf } from '../../text/time-text.ts';
import { spanText } from '../../../src/lib/span-text.ts';
import { daySums } from './day-sums.ts';

export function TodayStrip() {
  const status = useQuery(statusQuery()).data;
  const usage = useQuery(usageSince('1h')).data;
  const lanes = useQuery(timelineQuery()).data?.lanes;
  const now = useNow(10_000);
  const sums = lanes === undefined ? undefined : daySums(lanes, now);
  const sick = status?.services.filter(({ healthy }) => !healthy) ?? [];
  return (
    <dl className="strip">
      <Figure name="Runs today">{sums === undefined ? '–' : countText(sums.runs)}</Figure>
      <Figure name="Failed today" tone={sums !== undefined && sums.failed > 0 ? 'failed' : undefined}>
        {sums === undefined ? '–' : countText(sums.failed)}
      </Figure>
      <Figure name="Did not run" tone={sums !== undefined && sums.canceled > 0 ? 'canceled' : undefined}>
        {sums === undefined ? '–' : countText(sums.canceled)}
      </Figure>
      <Figure name="Waiting">{status === undefined ? '–' : countText(status.counts.scheduled)}</Figure>
      <Figure name="Tokens today, UTC">
        {usage === undefined ? (
          '–'
        ) : (
          <Measured against={usage.daily_budget.tokens} text={countText}>
            {usage.today.tokens}
          </Measured>
        )}
      </Figure>
      <Figure name="Cost today, UTC">
        {usage === undefined ? (
          '–'
        ) : (
          <Measured against={usage.daily_budget.cost_usd} text={moneyText}>
            {usage.today.cost_usd}
          </Measured>
        )}
      </Figure>
      <Figure name="Daemon" tone={sick.length > 0 ? 'failed' : undefined} calm={sick.length === 0}>
        {status === undefined ? (
          '–'
        ) : (
          <Link to="/settings" className="strip-link" title={`Version ${status.version}`}>
            {sick.length > 0 ? `${sick.length} ill` : `up ${spanText(Math.max(0, now - epochOf(status.started_at)))}`}
          </Link>
        )}
      </Figure>
    </dl>
  );
}

/** A number, and the budget of the day where there is one. */
function Measured(p: { against: number | undefined; text: (value: number) => string; children: number }) {
  if (p.against === undefined) return p.text(p.children);
  return (
    <>
      {p.text(p.children)} <span className="strip-against">of {p.text(p.against)}</span>
    </>
  );
}

/** `calm`: of no interest where there is little room. */
function Figure(p: { name: string; tone?: 'failed' | 'canceled' | undefined; calm?: boolean; children: ReactNode }) {
  return (
    <div className="strip-figure" data-calm={p.calm === true}>
      <dt>{p.name}</dt>
      <dd data-tone={p.tone}>{p.children}</dd>
    </div>
  );
}
