/** What one check of `rouse doctor` says: how it is, and how to mend it where it is not. */
export type FindingState = 'ok' | 'note' | 'warning' | 'failure';

export interface Finding {
  /** What was looked at: `home`, `configuration`, … */
  check: string;
  state: FindingState;
  /** One line. */
  said: string;
  /** What to do; absent where nothing is to be done. */
  next?: string;
}

export function ok(check: string, said: string): Finding {
  return { check, state: 'ok', said };
}

/** Something else than ok, with what to do. */
export function finding(state: Exclude<FindingState, 'ok'>, p: { check: string; said: string; next: string }): Finding {
  return { check: p.check, state, said: p.said, next: p.next };
}
