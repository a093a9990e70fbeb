/** An instant relative to now, with the whole of it for whoever points at it. */
import { useNow } from '../clock/use-now.ts';
import { epochOf, fullText } from '../text/time-text.ts';
import { relativeText } from '../../src/lib/span-text.ts';

const MINUTE = 60_000;

export function Ago({ at }: { at: string }) {
  const epoch = epochOf(at);
  // Seconds only matter in the first minutes.
  const fine = useNow();
  const near = Math.abs(epoch - fine) < 10 * MINUTE;
  return (
    <time dateTime={at} title={fullText(epoch)}>
      {relativeText(epoch, near ? fine : Math.floor(fine / MINUTE) * MINUTE)}
    </time>
  );
}
