import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from './environment.ts';
import { findHome, readAddress } from './home-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rouse-homes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** No process has the largest id that there can be. */
const DEAD_PID = 4_194_304;

function home(name: string, p: { pid?: number; daemon?: string; token?: string } = {}): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const daemon =
    p.daemon ?? (p.pid === undefined ? undefined : JSON.stringify({ pid: p.pid, url: 'http://x', version: '1' }));
  if (daemon !== undefined) writeFileSync(join(path, 'daemon.json'), daemon);
  if (p.token !== undefined) writeFileSync(join(path, 'token'), p.token);
  return path;
}

describe('which home is meant', () => {
  const check = (p: Partial<Environment> & { option?: string }, expected: string): void => {
    const { option, ...rest } = p;
    const environment: Environment = {
      defaultHome: join(folder, 'default'),
      cwd: folder,
      platform: 'linux',
      variables: {},
      ...rest,
    };
    expect(findHome({ option, environment })).toBe(join(folder, expected));
  };
  it('the option before the variable before the default, relative to the current folder', () => {
    check({ option: 'a', homeVariable: join(folder, 'b') }, 'a');
    check({ homeVariable: 'b' }, 'b');
    check({}, 'default');
  });
  it('the home of the checkout stands in while its daemon is the only one that runs', () => {
    const checkoutHome = home('checkout', { pid: process.pid });
    check({ checkoutHome }, 'checkout');
    check({ checkoutHome, homeVariable: 'b' }, 'b');
    home('default', { pid: process.pid });
    check({ checkoutHome }, 'default');
  });
  it('the file of a dead daemon counts for nothing', () => {
    check({ checkoutHome: home('checkout', { pid: DEAD_PID }) }, 'default');
    home('default', { pid: DEAD_PID });
    check({ checkoutHome: home('other', { pid: process.pid }) }, 'other');
  });
});

describe('where its daemon is', () => {
  it('stands in daemon.json, the token beside it', () => {
    const path = home('a', { pid: 5, token: 'secret\n' });
    expect(readAddress(path)).toEqual({ url: 'http://x', pid: 5, token: 'secret' });
  });
  it('is reached with the token that was given rather than with the one beside it', () => {
    expect(readAddress(home('a', { pid: 5, token: 'secret\n' }), 'narrow').token).toBe('narrow');
    expect(readAddress(home('b', { pid: 5 }), 'narrow').token).toBe('narrow');
  });
  it.each([
    ['nothing is there', {}],
    ['the file is cut off', { daemon: '{"url": "http', token: 't' }],
    ['the file is no object', { daemon: '5', token: 't' }],
    ['the token is missing', { pid: 5 }],
    ['the token is empty', { pid: 5, token: '\n' }],
  ])('no daemon runs where %s', (_, p) => {
    expect(() => readAddress(home('a', p))).toThrow(/No daemon runs in/);
  });
});
