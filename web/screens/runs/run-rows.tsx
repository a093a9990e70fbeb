/** Rows of runs. Only those near the window are in the document, so that thousands scroll like ten. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { ApiRun } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { useNames } from '../../data/use-names.ts';
import { Ago } from '../../parts/moment.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { moneyText } from '../../text/amount-text.ts';
import { automationOf, runRemark, runTook } from '../../text/run-text.ts';
import './run-rows.css';

const ROW_HEIGHT = 40;
const AHEAD = 20;

export function RunRows(p: {
  runs: readonly ApiRun[];
  onEnd?: () => void;
  more?: boolean;
  /** More are being read right now. */
  reading?: boolean;
  /** `one`: all of one automation, whose name is not said again. */
  of?: 'one';
}) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: p.runs.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: AHEAD,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => p.runs[index]?.id ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { onEnd } = p;
  useEffect(() => {
    if (last >= p.runs.length - AHEAD) onEnd?.();
  });
  return (
    <>
      <ul ref={list} className="run-rows" data-of={p.of} style={{ height: rows.getTotalSize() }} aria-label="Runs">
        {items.map((item) => {
          const run = p.runs[item.index];
          return (
            run !== undefined && (
              <li
                key={item.key}
                className="run-row"
                data-row
                aria-setsize={p.more === true ? -1 : p.runs.length}
                aria-posinset={item.index + 1}
                style={{ translate: `0 ${item.start - rows.options.scrollMargin}px`, height: item.size }}
              >
                <RunRow run={run} />
              </li>
            )
          );
        })}
      </ul>
      {p.reading === true && <p className="loading">Reading more…</p>}
    </>
  );
}

function RunRow({ run }: { run: ApiRun }) {
  const names = useNames();
  const now = useNow();
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
      <span className="run-took">{runTook(run, now) ?? ''}</span>
      <span className="run-when">
        <Ago at={run.started_at ?? run.created_at} />
      </span>
    </Link>
  );
}
