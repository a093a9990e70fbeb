/** The story of the mark under the pointer, in a sentence or two. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { countText } from '../../text/amount-text.ts';
import { clockText, epochOf, momentText } from '../../text/time-text.ts';
import { elapsedText, relativeText } from '../../../src/lib/span-text.ts';
import type { MarkAt } from './nearest-mark.ts';

const WIDTH = 300;

export function TimelineTip(p: {
  lane: ApiTimeline['lanes'][number];
  at: MarkAt;
  top: number;
  width: number;
  now: number;
}) {
  const { mark, coming, x } = p.at;
  const left = Math.max(0, Math.min(p.width - WIDTH, x - WIDTH / 2));
  return (
    <div className="timeline-tip" style={{ top: p.top, left, width: WIDTH }}>
      <p className="timeline-tip-name">
        <StatusMark status={mark?.status ?? 'scheduled'} /> {p.lane.name}
      </p>
      {mark !== undefined && <p>{pastText(mark, p.now)}</p>}
      {mark?.sentence !== undefined && (
        <p className="soft">
          <Sentence of={mark.sentence} />
        </p>
      )}
      {coming !== undefined && <p>{comingText(coming, p.now)}</p>}
      {coming?.note !== undefined && <p className="soft">{coming.note}</p>}
    </div>
  );
}

type Lane = ApiTimeline['lanes'][number];

function pastText(mark: Lane['marks'][number], now: number): string {
  const [from, to] = [epochOf(mark.from_at), epochOf(mark.to_at)];
  const word = statusWord(mark);
  if (mark.count > 1) return `${countText(mark.count)} × ${word}, ${momentText(from, now)} to ${clockText(to)}`;
  if (mark.status === 'running') return `running since ${momentText(from, now)}, for ${elapsedText(now - from)}`;
  if (mark.status === 'scheduled') return `waiting, due ${momentText(from, now)}`;
  const took = to > from ? `, took ${elapsedText(to - from)}` : '';
  return `${word} at ${momentText(from, now)}${took}`;
}

function comingText(coming: Lane['coming'][number], now: number): string {
  const from = epochOf(coming.from_at);
  if (coming.count > 1) return `${coming.count} fires, ${momentText(from, now)} to ${clockText(epochOf(coming.to_at))}`;
  return `fires at ${momentText(from, now)}, ${relativeText(from, now)}`;
}
