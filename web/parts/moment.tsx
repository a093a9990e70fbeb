/** An instant relative to now, with the whole of it for whoever points at it. */
import { useNow } from '../clock/use-now.ts';
import { epochOf, fullText } from '../text/time-text.ts';
import { relativeText } from '../../src/lib/span-text.ts';

const MINUTE = 60_000;

export function Ago({ at }: { at: string }) {
  const epoch = epochOf(at);
  // Seconds only matter in the first minutes; what is older is drawn again once a minute.
  const isNear = Math.abs(epoch - useNow(MINUTE)) < 11 * MINUTE;
  const now = useNow(isNear ? 1_000 : MINUTE);
  return (
    <time dateTime={at} title={fullText(epoch)}>
      {relativeText(epoch, now)}
    </time>
  );
}
