/** A sentence of the daemon, in which instants stand in UTC: said on the viewer's clock, the exact one on pointing. */
import { Fragment } from 'react';
import { useNow } from '../clock/use-now.ts';
import { epochOf, fullText, momentText } from '../text/time-text.ts';

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/;

export function Sentence({ of: said }: { of: string }) {
  // Parts of longer sentences stand here as sentences of their own.
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  const now = useNow(60_000);
  return text.split(INSTANT).map((part, index) => {
    const key = `${index} ${part}`;
    if (index % 2 === 0) return <Fragment key={key}>{part}</Fragment>;
    return (
      <time key={key} dateTime={part} title={`${fullText(epochOf(part))}, ${part}`}>
        {momentText(epochOf(part), now)}
      </time>
    );
  });
}
