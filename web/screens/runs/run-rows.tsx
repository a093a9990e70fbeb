/** Rows of runs, with or without the name of what they are runs of. */
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { ApiRun } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { useNames } from '../../data/use-names.ts';
import { Ago } from '../../parts/moment.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { WindowRows } from '../../parts/window-rows.tsx';
import { moneyText } from '../../text/amount-text.ts';
import { automationOf, type AutomationNames, runRemark, runTook } from '../../text/run-text.ts';
import './run-rows.css';

const ROW_HEIGHT = 40;

export function RunRows(p: {
  runs: readonly ApiRun[];
  onEnd?: () => void;
  more?: boolean;
  /** More are being read right now. */
  reading?: boolean;
  /** `one`: all of one automation, whose name is not said again. */
  of?: 'one';
}) {
  const names = useNames();
  return (
    <>
      <WindowRows
        items={p.runs}
        label="Runs"
        height={ROW_HEIGHT}
        className={p.of === 'one' ? 'run-rows run-rows-one' : 'run-rows'}
        keyOf={({ id }) => id}
        row={(run) => <RunRow run={run} names={names} />}
        {...(p.onEnd === undefined ? {} : { onEnd: p.onEnd })}
        {...(p.more === undefined ? {} : { more: p.more })}
      />
      {p.reading === true && <p className="loading">Reading more…</p>}
    </>
  );
}

const RunRow = memo(function RunRow({ run, names }: { run: ApiRun; names: AutomationNames }) {
  const cost = run.usage?.cost_usd;
  return (
    <Link to="/runs/$id" params={{ id: run.id }} className="run-link">
      <StatusMark status={run.status} />
      <span className="run-name cut">{automationOf(run, names)}</span>
      <span className={`run-status run-status-${run.status}`}>
        {statusWord(run)}
        {run.attempt > 1 && <span className="faint"> · attempt {run.attempt}</span>}
      </span>
      <span className="run-remark cut">{runRemark(run)}</span>
      <span className="run-cost">{cost === undefined || cost === 0 ? '' : moneyText(cost)}</span>
      <span className="run-took">{run.ended_at === undefined ? <SoFar run={run} /> : (runTook(run, 0) ?? '')}</span>
      <span className="run-when">
        <Ago at={run.started_at ?? run.created_at} />
      </span>
    </Link>
  );
});

/** Only what still runs is drawn again every second. */
function SoFar({ run }: { run: ApiRun }) {
  return runTook(run, useNow()) ?? '';
}
