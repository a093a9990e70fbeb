/** What an event carries, in a line: of the house's own events who and why, of others their data as it came. */
import type { ApiEvent } from '../../../src/client/client.ts';
import { firstLine } from '../../text/run-text.ts';

const TEXT_MAX = 200;

export function eventLine({ data }: Pick<ApiEvent, 'data'>): { text: string; isData: boolean } {
  const name = data['automation_name'];
  if (typeof name !== 'string') {
    const text = JSON.stringify(data);
    return { text: text === '{}' ? '' : text.slice(0, TEXT_MAX), isData: true };
  }
  const why = [data['error'], data['reason'], data['stop_reason']].find((each) => typeof each === 'string');
  return { text: typeof why === 'string' ? `${name}: ${firstLine(why)}` : name, isData: false };
}

export function verdictText(event: Pick<ApiEvent, 'matching' | 'considered' | 'matched'>): string {
  if (event.matching) return 'being matched';
  if (event.considered === 0) return 'no trigger';
  const triggers = event.considered === 1 ? '1 trigger' : `${event.considered} triggers`;
  return event.matched === 0 ? `none of ${triggers}` : `${event.matched} of ${triggers}`;
}
