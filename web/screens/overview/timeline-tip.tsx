/** The story of the mark that is pointed at, in a sentence or two. */
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import type { LanePoint } from './lane-points.ts';
import { pointSentence, pointText } from './mark-text.ts';

const WIDTH = 300;

export function TimelineTip(p: { name: string; point: LanePoint; top: number; width: number; now: number }) {
  const left = Math.max(0, Math.min(p.width - WIDTH, p.point.from - WIDTH / 2));
  const sentence = pointSentence(p.point);
  return (
    <div className="timeline-tip" style={{ top: p.top, left, width: WIDTH }} aria-hidden>
      <p className="timeline-tip-name">
        <StatusMark status={p.point.mark?.status ?? 'scheduled'} /> {p.name}
      </p>
      <p>{pointText(p.point, p.now)}</p>
      {sentence !== undefined && (
        <p className="soft">
          <Sentence of={sentence} />
        </p>
      )}
    </div>
  );
}
