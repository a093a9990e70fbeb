import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors/app-error.ts';
import { checkHost, checkOrigin, namesOfAddress } from './access.ts';

/** The code of what is thrown, or `ok`. */
function outcome(check: () => void): string {
  try {
    check();
    return 'ok';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

const allowedHosts = ['rouse.lan', 'box.example:7717'];
const host = (text: string): string => outcome(() => checkHost(text, allowedHosts));
const origin = (text: string | null, called = 'localhost:7717'): string =>
  outcome(() => checkOrigin(text, { host: called, allowedHosts }));

describe('checkHost', () => {
  it.each(['localhost', 'localhost:7717', 'LOCALHOST:1', '127.0.0.1:7717', '127.8.8.8', '[::1]:7717', '[::1]'])(
    'takes the loopback name %s',
    (text) => expect(host(text)).toBe('ok'),
  );
  it.each(['rouse.lan', 'ROUSE.lan:80', 'box.example:7717'])('takes the configured name %s', (text) =>
    expect(host(text)).toBe('ok'),
  );
  it.each([
    'evil.example',
    'evil.example:7717',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    'user@localhost',
    'box.example',
    'box.example:80',
    'xrouse.lan',
    '0.0.0.0',
    '[::2]',
    '',
    'localhost:',
    'localhost:x',
    'localhost, evil.example',
    '１２７.0.0.1',
  ])('refuses %j', (text) => expect(host(text)).toBe('host_not_allowed'));
});

describe('checkOrigin', () => {
  it('takes no origin, and the daemon itself', () => {
    expect(origin(null)).toBe('ok');
    expect(origin('http://localhost:7717')).toBe('ok');
    expect(origin('https://rouse.lan', 'localhost:7717')).toBe('ok');
    expect(origin('http://box.example:7717', 'box.example:7717')).toBe('ok');
  });
  it.each([
    'null',
    'http://evil.example',
    'http://localhost:3000',
    'http://localhost',
    'http://127.0.0.1:7717',
    'file://',
    'chrome-extension://localhost:7717',
    'http://localhost:7717@evil.example',
    'http://localhost:7717/path',
    '',
  ])('refuses %j', (text) => expect(origin(text)).toBe('host_not_allowed'));
});

describe('the address that a daemon listens on', () => {
  it('may be called by itself', () => {
    expect(namesOfAddress('10.1.2.3')).toEqual(['10.1.2.3']);
    expect(outcome(() => checkHost('10.1.2.3:7717', namesOfAddress('10.1.2.3')))).toBe('ok');
    expect(outcome(() => checkHost('[fd00::7]:7717', namesOfAddress('fd00::7')))).toBe('ok');
  });

  it('names nothing where it is everywhere', () => {
    expect(['0.0.0.0', '::'].flatMap(namesOfAddress)).toEqual([]);
  });
});
