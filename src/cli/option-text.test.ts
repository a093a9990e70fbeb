import { describe, expect, it } from 'vitest';
import {
  parseCoalesce,
  parseCount,
  parseFilter,
  parseFireLimit,
  parseInteger,
  parsePort,
  parseRetry,
} from './option-text.ts';

describe('short notations', () => {
  it('a retry policy', () => {
    expect(parseRetry('none')).toEqual({ strategy: 'none', max_retries: 0, base_delay: '' });
    expect(parseRetry('backoff:3:2s')).toEqual({ strategy: 'backoff', max_retries: 3, base_delay: '2s' });
    expect(parseRetry('backoff:3:2s:10m')).toEqual({
      strategy: 'backoff',
      max_retries: 3,
      base_delay: '2s',
      max_delay: '10m',
    });
  });
  it.each([
    '',
    'always',
    'backoff',
    'backoff:3',
    'backoff:x:2s',
    'backoff:-1:2s',
    'backoff:3:',
    'backoff:3:2s:',
    'backoff:3:2s:1m:x',
  ])('%j is no retry policy', (text) => expect(() => parseRetry(text)).toThrow(/backoff:RETRIES:DELAY/));
  it('a fire limit', () => expect(parseFireLimit('4/1h')).toEqual({ max: 4, window: '1h' }));
  it.each(['', '4', '4/', '/1h', 'x/1h', '4/1h/2', '-4/1h', '1.5/1h'])('%j is no fire limit', (text) =>
    expect(() => parseFireLimit(text)).toThrow(/MAX\/WINDOW/),
  );
  it('a filter entry', () => expect(parseFilter('data.a=b=c')).toEqual(['data.a', 'b=c']));
  it.each(['', 'data.a', '=x', 'data.a='])('%j is no filter entry', (text) =>
    expect(() => parseFilter(text)).toThrow(/PATH=TEXT/),
  );
  it('a gathering', () => {
    expect(parseCoalesce('30s')).toEqual({ window: '30s' });
    expect(parseCoalesce('30s:data.x')).toEqual({ window: '30s', key: 'data.x' });
    expect(parseCoalesce('30s::5m')).toEqual({ window: '30s', max_wait: '5m' });
  });
  it.each(['', ':x', '1s:x:', '1s:x:2s:y'])('%j is no gathering', (text) =>
    expect(() => parseCoalesce(text)).toThrow(/WINDOW:KEY/),
  );
  it('numbers within their bounds', () => {
    expect(parsePort('0')).toBe(0);
    expect(parsePort('65535')).toBe(65_535);
    expect(() => parsePort('65536')).toThrow(/0 to 65535/);
    expect(() => parsePort('http')).toThrow(/0 to 65535/);
    expect(parseCount('500')).toBe(500);
    expect(() => parseCount('0')).toThrow(/from 1/);
    expect(parseInteger('-3')).toBe(-3);
    expect(() => parseInteger('1e3')).toThrow(/whole number/);
  });
});
