/** How the last runs of a row went, read once the row stays in sight: who scrolls past wants nothing of it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { after } from '../../clock/browser-clock.ts';
import { runsOf } from '../../data/runs.ts';
import { OutcomeStrip } from '../../parts/outcome-strip.tsx';

const OUTCOMES = 16;
const STAYS_MS = 120;

export function RowOutcomes({ of }: { of: { job_id: string } | { trigger_id: string } }) {
  const [stays, setStays] = useState(false);
  useEffect(() => after(STAYS_MS, () => setStays(true)), []);
  const runs = useQuery({ ...runsOf(of, OUTCOMES), enabled: stays }).data?.runs ?? [];
  return <OutcomeStrip runs={runs} places={OUTCOMES} />;
}
