/** A value once it has stopped changing: what is typed is not asked about letter by letter. */
import { useEffect, useState } from 'react';
import { after } from '../clock/browser-clock.ts';

export function useSettled<T>(value: T, ms = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => after(ms, () => setSettled(value)), [value, ms]);
  return settled;
}
