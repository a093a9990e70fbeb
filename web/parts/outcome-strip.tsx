/** How the last runs went, oldest first: one narrow mark each, by height as well as by colour. */
import type { ApiRun } from '../../src/client/client.ts';
import { statusWord } from './status-mark.tsx';
import './outcome-strip.css';

const STEP = 6;
const HEIGHT = 18;

export function OutcomeStrip({ runs, places }: { runs: readonly ApiRun[]; places: number }) {
  const shown = runs.slice(0, places).toReversed();
  const failed = shown.filter(({ status }) => status === 'failed').length;
  const label =
    shown.length === 0
      ? 'No runs yet'
      : `The last ${shown.length} runs: ${failed === 0 ? 'none failed' : `${failed} failed`}`;
  return (
    <svg className="outcomes" width={places * STEP} height={HEIGHT} role="img" aria-label={label}>
      {shown.map((run, index) => {
        const x = (places - shown.length + index) * STEP;
        return (
          <g key={run.id} className={`outcome-${run.status}`}>
            <title>{statusWord(run)}</title>
            <OutcomeShape status={run.status} x={x} />
          </g>
        );
      })}
    </svg>
  );
}

function OutcomeShape({ status, x }: { status: ApiRun['status']; x: number }) {
  switch (status) {
    case 'completed':
      return <rect x={x} y={5} width={4} height={11} rx={1} />;
    case 'failed':
      return <rect x={x} y={1} width={4} height={16} rx={1} />;
    case 'canceled':
      return <rect x={x} y={13} width={4} height={3} rx={1} />;
    default:
      return <rect x={x + 0.6} y={5.6} width={2.8} height={9.8} rx={1} fill="none" strokeWidth={1.2} />;
  }
}
