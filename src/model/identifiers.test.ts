import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../errors/invariant.ts';
import {
  eventFireIdFor,
  fireIdFor,
  ID_PREFIXES,
  jobIdFor,
  runIdFor,
  sortableId,
  triggerIdFor,
  webhookFireIdFor,
  webhookIdFor,
  workspaceIdFor,
} from './identifiers.ts';

const form = /^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/;
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('derived identifiers', () => {
  const identity = { scope: 'workspace', workspace_id: 'ws_1', name: 'review' } as const;

  test('are the same for the same thing, for ever', () => {
    // Stored rows hold these: a change here is a change of every home in the world.
    expect(jobIdFor(identity)).toMatchInlineSnapshot(`"job_er8yg8zcg624qb8s99cjq6njx4"`);
    expect(triggerIdFor(identity)).toMatchInlineSnapshot(`"trg_ftq371mmbqf2qwb6hdf6w2ycev"`);
    expect(fireIdFor({ job_id: 'job_1', scheduled_at: 1_795_000_000_000 })).toMatchInlineSnapshot(
      `"fire_7hqv13re520kcj7ag0tp5zj3db"`,
    );
    expect(runIdFor({ fire_id: 'fire_1', attempt: 1 })).toMatchInlineSnapshot(`"run_c3ns3w39mhd9t28wj0t2n4n8pj"`);
    expect(webhookFireIdFor({ trigger_id: 'trg_1', delivery_id: 'd1' })).toMatchInlineSnapshot(
      `"fire_rzqeq1ss3yhwtxvb1fbpk38665"`,
    );
    expect(eventFireIdFor({ trigger_id: 'trg_1', event_id: 'evt_1' })).toMatchInlineSnapshot(
      `"fire_ga3kfgm1esdxn36qzxwsb4q3qw"`,
    );
    expect(workspaceIdFor({ path: '/srv/checkout' })).toMatchInlineSnapshot(`"ws_gn6dwb1gpk6x66g8vq52ym5vy7"`);
    expect(webhookIdFor({ trigger_id: 'trg_1' })).toMatchInlineSnapshot(`"wbh_w0sk515nsjzx3tc6qwnkxa58xk"`);
  });

  test('say what they are, in one form', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.integer(), (a, b, number) => {
        const ids = [
          [ID_PREFIXES.job, jobIdFor({ scope: 'global', workspace_id: a, name: b })],
          [ID_PREFIXES.trigger, triggerIdFor({ scope: 'workspace', workspace_id: a, name: b })],
          [ID_PREFIXES.fire, fireIdFor({ job_id: a, scheduled_at: number })],
          [ID_PREFIXES.run, runIdFor({ fire_id: a, attempt: number })],
          [ID_PREFIXES.fire, webhookFireIdFor({ trigger_id: a, delivery_id: b })],
          [ID_PREFIXES.fire, eventFireIdFor({ trigger_id: a, event_id: b })],
          [ID_PREFIXES.workspace, workspaceIdFor({ path: a })],
          [ID_PREFIXES.webhook, webhookIdFor({ trigger_id: a })],
        ] as const;
        for (const [prefix, id] of ids) {
          expect(id).toMatch(form);
          expect(id.startsWith(prefix)).toBe(true);
        }
        expect(new Set(ids.map(([prefix, id]) => id.slice(prefix.length))).size).toBe(ids.length);
      }),
    );
  });

  test('differ where only the border between two parts moved', () => {
    const differ = (ids: string[]): void => expect(new Set(ids).size).toBe(ids.length);
    differ([
      jobIdFor({ scope: 'workspace', workspace_id: 'a', name: 'bc' }),
      jobIdFor({ scope: 'workspace', workspace_id: 'ab', name: 'c' }),
      jobIdFor({ scope: 'workspace', workspace_id: 'a","b', name: 'c' }),
      jobIdFor({ scope: 'global', name: 'abc' }),
    ]);
    differ([
      webhookFireIdFor({ trigger_id: 'a', delivery_id: 'bc' }),
      webhookFireIdFor({ trigger_id: 'ab', delivery_id: 'c' }),
      eventFireIdFor({ trigger_id: 'a', event_id: 'bc' }),
    ]);
    differ([
      runIdFor({ fire_id: 'fire_1', attempt: 11 }),
      runIdFor({ fire_id: 'fire_11', attempt: 1 }),
      fireIdFor({ job_id: 'fire_1', scheduled_at: 11 }),
    ]);
    differ([jobIdFor({ scope: 'global', name: 'é' }), jobIdFor({ scope: 'global', name: 'e\u0301' })]);
  });

  test('do not tell an empty workspace from none', () => {
    expect(jobIdFor({ scope: 'global', name: 'x', workspace_id: '' })).toBe(jobIdFor({ scope: 'global', name: 'x' }));
  });
});

describe('sortable identifiers', () => {
  test('sort by time before anything else', () => {
    const instant = fc.integer({ min: 0, max: 2 ** 48 - 2 });
    fc.assert(
      fc.property(instant, fc.nat(1000), random, random, (now, later, a, b) => {
        const first = sortableId('run', { now, random: a });
        const second = sortableId('run', { now: Math.min(now + 1 + later, 2 ** 48 - 1), random: b });
        expect(first).toMatch(form);
        expect(first < second).toBe(true);
      }),
    );
  });
  test('keep all eighty random bits', () => {
    fc.assert(
      fc.property(random, fc.nat(79), (bytes, bit) => {
        const changed = bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(sortableId('job', { now: 5, random: changed })).not.toBe(sortableId('job', { now: 5, random: bytes }));
        expect(sortableId('job', { now: 5, random: Uint8Array.from(bytes) })).toBe(
          sortableId('job', { now: 5, random: bytes }),
        );
      }),
    );
  });
  test('refuse an instant that does not fit and too little randomness', () => {
    for (const now of [-1, 0.5, 2 ** 48, Number.NaN]) {
      expect(() => sortableId('job', { now, random: new Uint8Array(10) }), String(now)).toThrow(InvariantError);
    }
    expect(() => sortableId('job', { now: 0, random: new Uint8Array(9) })).toThrow(InvariantError);
  });
});
