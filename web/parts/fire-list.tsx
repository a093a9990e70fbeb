/** Coming instants: in the zone of the schedule, with the viewer's own clock beneath where it shows something else. */
import type { ApiFire } from '../../src/client/client.ts';
import { useNow } from '../clock/use-now.ts';
import { clockText, dayText, epochOf, viewerZone, wallText } from '../text/time-text.ts';
import { relativeText } from '../../src/lib/span-text.ts';
import './fire-list.css';

export function FireList({ fires }: { fires: readonly ApiFire[] }) {
  const now = useNow(5_000);
  return (
    <ol className="fires">
      {fires.map((fire) => (
        <li key={fire.at} className="fire" data-dst={fire.dst !== undefined}>
          <span className="fire-wall">
            {wallText(fire.local)} <span className="faint">{fire.zone === 'UTC' ? 'UTC' : fire.offset}</span>
          </span>
          <span className="fire-in">{relativeText(epochOf(fire.at), now)}</span>
          <OwnClock fire={fire} />
          {fire.note !== undefined && <span className="fire-note">{fire.note}</span>}
        </li>
      ))}
    </ol>
  );
}

function OwnClock({ fire }: { fire: ApiFire }) {
  const at = epochOf(fire.at);
  const own = `${dayText(at)} ${clockText(at)}`;
  if (wallText(fire.local).startsWith(own)) return null;
  return (
    <span className="fire-own">
      {own} in {viewerZone()}
    </span>
  );
}
