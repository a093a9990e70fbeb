import { describe, expect, test } from 'vitest';
import { spokenReset } from './spoken-reset.ts';

const now = Date.parse('2026-11-27T16:33:20Z');

describe('an account is free again', () => {
  const check = (text: string, expected: string | undefined): void =>
    test(text, () => {
      const found = spokenReset({ text, now, zone: 'UTC' });
      expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(expected);
    });

  check('or try again at 5:33 PM.', '2026-11-27T17:33:00.000Z');
  check('Try again at 4:00 AM.', '2026-11-28T04:00:00.000Z');
  check('or try again at Nov 30th, 2026 5:13 PM.', '2026-11-30T17:13:00.000Z');
  check("You've hit your limit · resets 3pm (Europe/Paris)", '2026-11-28T14:00:00.000Z');
  check('resets at 12am', '2026-11-28T00:00:00.000Z');
  check('resets Dec 1 at 9:30am (America/New_York)', '2026-12-01T14:30:00.000Z');
  check('try again in 2 days 3 hours 5 minutes.', '2026-11-29T19:38:20.000Z');
  check('Your quota will reset after 1h2m3s.', '2026-11-27T17:35:23.000Z');
  check('Please retry in 90s', '2026-11-27T16:34:50.000Z');
  check('Try again later.', undefined);
  check('resets 3pm (Nowhere/Land)', undefined);
  check('try again at Xyz 3, 5 pm', undefined);
});
