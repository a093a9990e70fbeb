import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTimeZone, isKnownTimeZone, timeZoneAdvice, TimeZone } from './time-zone.ts';

const names = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Asia/Manila',
  'Etc/GMT+5',
];
const minuteMs = 60_000;

function zoneNamed(name: string): TimeZone {
  const zone = findTimeZone(name);
  if (zone === null) throw new Error(`${name} is missing`);
  return zone;
}

test('names are exact', () => {
  for (const name of [
    ...names,
    'US/Eastern',
    'Asia/Calcutta',
    'Asia/Kolkata',
    'America/Argentina/Buenos_Aires',
    'EST5EDT',
    'GMT',
  ]) {
    expect(isKnownTimeZone(name), name).toBe(true);
  }
  for (const name of [
    '',
    'utc',
    'europe/paris',
    'Local',
    '+05:30',
    'UTC+5',
    'PST',
    'Mars/Olympus',
    '../UTC',
    '/UTC',
    'Europe/Paris ',
    'constructor',
  ]) {
    expect(isKnownTimeZone(name), name).toBe(false);
  }
  expect(timeZoneAdvice('america/new_york')).toBe('write America/New_York');
  expect(timeZoneAdvice('+05:30')).toMatch(/IANA/);
});

test('offsets agree with Temporal at any instant, and spans join without a hole', () => {
  const instant = fc.integer({ min: Date.UTC(1800, 0, 1), max: Date.UTC(2400, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...names), instant, (name, at) => {
      const zone = zoneNamed(name);
      const span = zone.spanAt(at);
      const temporal = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
      expect(span.offsetMs).toBe(temporal.offsetNanoseconds / 1e6);
      expect(span.startMs <= at && at < span.endMs).toBe(true);
      if (Number.isFinite(span.endMs)) {
        const after = zone.spanAt(span.endMs);
        expect([after.startMs, after.offsetBeforeMs, after.offsetMs]).toEqual([
          span.endMs,
          span.offsetMs,
          span.offsetAfterMs,
        ]);
        expect(after.offsetMs).not.toBe(span.offsetMs);
      }
    }),
    { numRuns: 300 },
  );
});

test('a walk through more spans than are kept still finds each of them', () => {
  const zone = new TimeZone('America/New_York');
  const starts: number[] = [];
  let at = Date.UTC(1900, 0, 1);
  while (at < Date.UTC(2300, 0, 1)) {
    const span = zone.spanAt(at);
    starts.push(span.startMs);
    at = span.endMs;
  }
  expect(starts.length).toBeGreaterThan(700);
  expect(starts.map((start) => zone.spanAt(start).startMs)).toEqual(starts);
  expect(starts.map((start) => zone.spanAt(start - 1).endMs)).toEqual(starts);
});

test('local mean time has its seconds, half-hour and whole-day changes their size', () => {
  expect(zoneNamed('America/New_York').spanAt(Date.UTC(1850, 0, 1)).offsetMs).toBe(-(4 * 3600 + 56 * 60 + 2) * 1000);
  const lordHowe = zoneNamed('Australia/Lord_Howe').spanAt(Date.UTC(2026, 6, 1));
  expect(lordHowe.offsetAfterMs - lordHowe.offsetMs).toBe(30 * minuteMs);
  const apia = zoneNamed('Pacific/Apia').spanAt(Date.UTC(2011, 11, 31, 12));
  expect(apia.offsetMs - apia.offsetBeforeMs).toBe(24 * 60 * minuteMs);
  expect(zoneNamed('UTC').spanAt(8.64e15)).toMatchObject({
    startMs: Number.NEGATIVE_INFINITY,
    endMs: Number.POSITIVE_INFINITY,
  });
  expect(zoneNamed('Europe/Paris').spanAt(Number.MAX_SAFE_INTEGER).offsetMs).toBe(2 * 60 * minuteMs);
});
