import { describe, expect, test } from 'vitest';
import { cronNeverFires, parseCron, type CronExpression } from './cron-expression.ts';

function parsed(text: string): CronExpression {
  const result = parseCron(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.cron;
}

/** Both mean exactly the same. */
function checkSame(text: string, other: string): void {
  expect(parsed(text), `${text} = ${other}`).toEqual(parsed(other));
}

function checkRefused(text: string, want: RegExp): void {
  const result = parseCron(text, 'job.schedule.expr');
  if (result.ok) throw new Error(`${JSON.stringify(text)} was accepted`);
  expect(result.problem.path).toBe('job.schedule.expr');
  expect(result.problem.message, text).toMatch(want);
}

describe('spellings', () => {
  test('Sunday is 0 or 7, alone, in lists and in ranges', () => {
    checkSame('0 0 * * 7', '0 0 * * 0');
    checkSame('0 0 * * 7', '0 0 * * sun');
    checkSame('0 0 * * 7,1', '0 0 * * 0,1');
    checkSame('0 0 * * 5-7', '0 0 * * 0,5,6');
    checkSame('0 0 * * sat-7', '0 0 * * 0,6');
    checkSame('0 0 * * 0-7', '0 0 * * 0-6');
    checkSame('0 0 * * 1-7/2', '0 0 * * 1,3,5,7');
    checkSame('0 0 * * 4-7/3', '0 0 * * 4,0');
  });

  test('a step after one number runs to the end, on day of week to Saturday', () => {
    checkSame('50/5 * * * *', '50,55 * * * *');
    checkSame('0 0 * * 5/1', '0 0 * * 5,6');
    checkSame('0 0 * 10/1 *', '0 0 * oct,Nov,DEC *');
  });

  test('names, signs, zeros, spaces and empty items do not matter', () => {
    checkSame('+5 007 * jAn Mon-FRI', '5 7 * 1 1-5');
    checkSame('\u00a0 0\t9\u3000* *\n* \u0085', '0 9 * * *');
    checkSame(',1,,2, * * * *', '1,2 * * * *');
    checkSame('1,1,1 0 * * *', '1 0 * * *');
    checkSame('*-5 * ?-foo * *', '* * * * *');
    checkSame('*/100 * * * *', '*/9223372036854775807 * * * *');
    checkSame('0 0 * * FR\u0130', '0 0 * * 5');
  });

  test('only a plain or single-stepped star makes both day fields count', () => {
    const both = (text: string): boolean => parsed(text).bothDays;
    expect(
      ['* *', '13 *', '* 5', '? 5', '*/1 5', '13 ?', '1,* 5'].map((days) => both(`0 0 ${days.replace(' ', ' * ')}`)),
    ).toEqual(Array.from({ length: 7 }, () => true));
    expect(['13 5', '*/2 5', '1-31 5', '13 0-6', ', 1'].map((days) => both(`0 0 ${days.replace(' ', ' * ')}`))).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  test('the hour is a wildcard with a star, stepped or not', () => {
    const wildcard = (hour: string): boolean => parsed(`0 ${hour} * * *`).wildcardHour;
    expect(['*', '?', '*/2', '?/3', '*/1', '*-5', '*,5'].filter((hour) => !wildcard(hour))).toEqual([]);
    expect(['0-23', '1', '0/2', '1-5/2', '*/2,5', ','].filter(wildcard)).toEqual([]);
  });

  test('a zone prefix ends at the first plain space', () => {
    expect(parsed('TZ=Europe/Paris 0 9 * * *').zone).toBe('Europe/Paris');
    expect(parsed(' CRON_TZ=Etc/GMT+5   0 9 * * *').zone).toBe('Etc/GMT+5');
    expect(parsed('TZ= 0 9 * * *').zone).toBe('UTC');
    expect(parsed('TZ=Local 0 9 * * *').zone).toBeNull();
    expect(parsed('0 9 * * *').zone).toBeNull();
  });
});

describe('refusals', () => {
  test('a wrong number of fields says which', () => {
    checkRefused('', /0 fields, 5 are needed/);
    checkRefused('0 9 * *', /4 fields, 5 are needed: day of week is missing/);
    checkRefused('0 9', /day of month, month, day of week are missing/);
    checkRefused('0 0 9 * * 1-5', /6 fields: seconds and years are not supported; remove the first field/);
    checkRefused('0 0 9 * * 1-5 2026', /7 fields/);
  });

  test('descriptors name the five fields to write', () => {
    checkRefused('@daily', /@daily is not supported; write 0 0 \* \* \*\./);
    checkRefused(' @Hourly ', /write 0 \* \* \* \*/);
    checkRefused('@every 90m', /mode "every" with interval "90m"/);
    checkRefused('TZ=UTC @weekly', /write 0 0 \* \* 0/);
    checkRefused('@reboot', /"@reboot" is not supported; write five fields/);
  });

  test('the field and the mistake in it are named', () => {
    checkRefused('60 * * * *', /^Field 1 \(minute\) is "60": 60 is above 59\.$/);
    checkRefused('0 0 0 * *', /^Field 3 \(day of month\) is "0": 0 is below 1\.$/);
    checkRefused('0 22-6 * * *', /Field 2 \(hour\).*split it in two, as in 22-23,0-6/);
    checkRefused('0 0 * * fri-sun', /write 7 for Sunday, as in 5-7/);
    checkRefused('0 0 * * 6-2', /as in 6-6,0-2/);
    checkRefused('0 0 * * 7/2', /start them at 0 for Sunday/);
    checkRefused('0 0 * * 8', /8 is above 7/);
    checkRefused('*/0 * * * *', /step after "\/" must be a positive whole number, not "0"/);
    checkRefused('*/ * * * *', /not ""/);
    checkRefused('*/5/2 * * * *', /more than one "\/"/);
    checkRefused('1-2-3 * * * *', /more than one "-"/);
    checkRefused('1- * * * *', /a number is missing beside the "-"/);
    checkRefused('0 0 L * *', /L, W and # belong to other kinds of cron/);
    checkRefused('0 0 * * MON#2', /"MON#2" is not supported/);
    checkRefused('0 0 1 foo *', /names \(jan, feb, mar, …\)/);
    checkRefused('9223372036854775808 * * * *', /is not a value/);
    checkRefused(`${'9'.repeat(10_000)} * * * *`, /…/);
  });

  test('zones that do not exist, or have no schedule after them, are refused', () => {
    checkRefused('TZ=Mars/Olympus 0 9 * * *', /"Mars\/Olympus" in TZ is not a time zone: write an IANA name/);
    checkRefused('CRON_TZ=europe/paris 0 9 * * *', /write Europe\/Paris/);
    checkRefused('TZ=+05:30 0 9 * * *', /IANA name/);
    checkRefused('TZ=UTC', /names a zone and no schedule/);
    checkRefused('TZ=UTC\t0 9 * * *', /"UTC\\t0"/);
    expect(parseCron('TZ=Nope 0 9 * * *')).toMatchObject({ problem: { code: 'unknown_timezone', path: 'expr' } });
  });
});

test('what can never match is known', () => {
  const never = (text: string): boolean => cronNeverFires(parsed(text));
  const impossible = [
    '0 0 31 2 *',
    '0 0 30,31 feb *',
    '0 0 31 4,6,9,11 *',
    ', * * * *',
    '* , * * *',
    '* * , * *',
    '* * * , *',
    '* * * * ,',
    '* * , * ,',
    '0 0 30 2 *',
  ];
  expect(impossible.filter((text) => !never(text))).toEqual([]);
  const possible = ['0 0 29 2 *', '0 0 31 2 1', '0 0 30 2 0-6', '0 0 , * 1', '0 0 1 * ,', '0 0 31 1,2 *', '* * * * *'];
  expect(possible.filter(never)).toEqual([]);
});
