/** One bar per run, oldest first: as high as what is measured, in the colour and, where nothing ran, the shape of its outcome. */
import { Link } from '@tanstack/react-router';
import { scaleLinear } from 'd3-scale';
import type { ApiRun } from '../../../src/client/client.ts';
import '../../parts/outcome-strip.css';
import { statusWord } from '../../parts/status-mark.tsx';
import { useWidth } from '../../parts/use-width.ts';
import { epochOf, fullText } from '../../text/time-text.ts';

const HEIGHT = 72;
/** With fewer runs than this the rest of the room stays empty, so that bars keep their width. */
const PLACES_MIN = 30;

export function OutcomePlot(p: {
  runs: readonly ApiRun[];
  name: string;
  value: (run: ApiRun) => number | undefined;
  text: (value: number) => string;
}) {
  const [ref, width] = useWidth();
  const bars = p.runs.toReversed().map((run) => ({ run, value: p.value(run) }));
  const max = Math.max(...bars.map(({ value }) => value ?? 0), 0);
  const height = scaleLinear([0, max === 0 ? 1 : max], [0, HEIGHT - 8]);
  const places = Math.max(PLACES_MIN, bars.length);
  const step = width / places;
  const left = (index: number): number => (places - bars.length + index) * step;
  return (
    <figure className="plot">
      <figcaption>
        <span>
          {p.name}
          <span className="unseen"> of the last {bars.length} runs</span>
        </span>
        <span>up to {p.text(max)}</span>
      </figcaption>
      <div ref={ref}>
        <svg width={width} height={HEIGHT} aria-hidden>
          <line className="plot-floor" x1={0} x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          {bars.map(({ run, value }, index) => {
            const high = value === undefined ? 4 : Math.max(3, height(value));
            return (
              <Link key={run.id} to="/runs/$id" params={{ id: run.id }} tabIndex={-1}>
                <g className={`outcome-${run.status}`}>
                  <title>
                    {`${statusWord(run)}, ${fullText(epochOf(run.started_at ?? run.created_at))}${value === undefined ? '' : `: ${p.text(value)}`}`}
                  </title>
                  <rect className="plot-reach" x={left(index)} y={0} width={step} height={HEIGHT} />
                  <rect
                    x={left(index) + 1}
                    y={HEIGHT - 1 - high}
                    width={Math.max(2, step - 3)}
                    height={high}
                    rx={1.5}
                  />
                  {run.status === 'failed' && (
                    <path
                      className="plot-cross"
                      d={`M${left(index) + step / 2 - 4} ${HEIGHT - 9 - high - 1}l6 6m0 -6l-6 6`}
                    />
                  )}
                </g>
              </Link>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}
