/**
 * One bar per run, oldest first: as high as what is measured, in the colour and, where nothing ran, the shape of its
 * outcome. Over the bars lie links, which the arrow keys go through and screen readers read.
 */
import { Link } from '@tanstack/react-router';
import { scaleLinear } from 'd3-scale';
import { type KeyboardEvent, useState } from 'react';
import type { ApiRun } from '../../../src/client/client.ts';
import '../../parts/outcome-strip.css';
import { statusWord } from '../../parts/status-mark.tsx';
import { useWidth } from '../../parts/use-width.ts';
import { epochOf, fullText } from '../../text/time-text.ts';

const HEIGHT = 72;
/** With fewer runs than this the rest of the room stays empty, so that bars keep their width. */
const PLACES_MIN = 24;

interface Bar {
  run: ApiRun;
  value: number | undefined;
  left: number;
  high: number;
}

export function OutcomePlot(p: {
  runs: readonly ApiRun[];
  name: string;
  value: (run: ApiRun) => number | undefined;
  text: (value: number) => string;
}) {
  const [ref, width] = useWidth();
  const values = p.runs.toReversed().map((run) => ({ run, value: p.value(run) }));
  const max = Math.max(...values.map(({ value }) => value ?? 0), 0);
  const height = scaleLinear([0, max === 0 ? 1 : max], [0, HEIGHT - 8]);
  const places = Math.max(PLACES_MIN, values.length);
  const step = width / places;
  const bars = values.map(({ run, value }, index): Bar => ({
    run,
    value,
    left: (places - values.length + index) * step,
    high: value === undefined ? 4 : Math.max(3, height(value)),
  }));
  return (
    <figure className="plot">
      <figcaption>
        <span>{p.name}</span>
        <span>up to {p.text(max)}</span>
      </figcaption>
      <div ref={ref} className="plot-room">
        <svg width={width} height={HEIGHT} aria-hidden>
          <line className="plot-floor" x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          {bars.map((bar) => (
            <BarShape key={bar.run.id} bar={bar} step={step} />
          ))}
        </svg>
        <BarStops bars={bars} step={step} name={p.name} text={p.text} />
      </div>
    </figure>
  );
}

function BarShape({ bar: { run, left, high }, step }: { bar: Bar; step: number }) {
  return (
    <g className={`outcome-${run.status}`}>
      <rect x={left + 1} y={HEIGHT - 1 - high} width={Math.max(2, step - 3)} height={high} rx={1.5} />
      {run.status === 'failed' && (
        <path className="plot-cross" d={`M${left + step / 2 - 4} ${HEIGHT - 9 - high - 1}l6 6m0 -6l-6 6`} />
      )}
    </g>
  );
}

function BarStops(p: { bars: readonly Bar[]; step: number; name: string; text: (value: number) => string }) {
  const [entered, setEntered] = useState<string | undefined>();
  const known = p.bars.some(({ run }) => run.id === entered);
  // The keyboard comes in at the newest.
  const current = known ? entered : p.bars.at(-1)?.run.id;
  const move = (event: KeyboardEvent): void => {
    const at = p.bars.findIndex(({ run }) => run.id === current);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: p.bars.length - 1 }[event.key];
    if (next === undefined || p.bars[next] === undefined) return;
    event.preventDefault();
    event.currentTarget.querySelectorAll('a')[next]?.focus();
  };
  return (
    <div
      className="plot-stops"
      role="toolbar"
      tabIndex={-1}
      aria-label={`${p.name} of the last ${p.bars.length} runs; arrow keys go along`}
      onKeyDown={move}
    >
      {p.bars.map(({ run, value, left }) => {
        const said = `${statusWord(run)}, ${fullText(epochOf(run.started_at ?? run.created_at))}${value === undefined ? '' : `: ${p.text(value)}`}`;
        return (
          <Link
            key={run.id}
            to="/runs/$id"
            params={{ id: run.id }}
            className="plot-stop"
            tabIndex={run.id === current ? 0 : -1}
            style={{ left, width: p.step }}
            title={said}
            aria-label={said}
            onFocus={() => setEntered(run.id)}
          />
        );
      })}
    </div>
  );
}
