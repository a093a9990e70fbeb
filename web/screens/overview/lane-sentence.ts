/** A lane for those who do not see it. */
import type { ApiTimeline } from '../../../src/client/client.ts';
import { plural } from '../../text/amount-text.ts';
import { clockText, epochOf } from '../../text/time-text.ts';

export function laneSentence({ marks, coming }: ApiTimeline['lanes'][number]): string {
  const count = (status: string): number =>
    marks.filter((mark) => mark.status === status).reduce((sum, mark) => sum + mark.count, 0);
  const parts = [
    plural(count('completed'), 'completed run'),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('canceled') > 0 ? [`${count('canceled')} did not run`] : []),
    ...(count('running') > 0 ? ['running now'] : []),
    coming[0] === undefined ? 'nothing to come' : `next at ${clockText(epochOf(coming[0].from_at))}`,
  ];
  return parts.join(', ');
}
