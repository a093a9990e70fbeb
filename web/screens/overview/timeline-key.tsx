/** What the marks mean. */
import { StatusMark } from '../../parts/status-mark.tsx';

const KEY = [
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['canceled', 'did not run'],
  ['running', 'running'],
  ['scheduled', 'to come'],
] as const;

export function TimelineKey({ down }: { down: boolean }) {
  return (
    <ul className="timeline-key" aria-label="Key">
      {KEY.map(([status, word]) => (
        <li key={status}>
          <StatusMark status={status} /> {word}
        </li>
      ))}
      {down && (
        <li>
          <span className="timeline-key-down" /> no daemon at work
        </li>
      )}
    </ul>
  );
}
