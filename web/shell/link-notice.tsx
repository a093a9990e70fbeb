/** Whether what is on screen is of this moment, and if not, of when. */
import { useNow } from '../clock/use-now.ts';
import { useExternal } from '../live/external-state.ts';
import { linkState } from '../live/live-link.ts';
import { clockText } from '../text/time-text.ts';
import { spanText } from '../../src/lib/span-text.ts';

export function LinkNotice() {
  const link = useExternal(linkState);
  const now = useNow();
  return (
    <p className="link-notice" data-state={link.name} role="status">
      <span className="link-dot" />
      {link.name === 'live' && 'Live'}
      {link.name === 'connecting' && 'Connecting…'}
      {link.name === 'lost' && (
        <span>
          Not connected. This is from {clockText(link.since)}, {spanText(Math.max(0, now - link.since))} ago.
        </span>
      )}
    </p>
  );
}
