// The command line as a whole, without a daemon: every command is documented, every mistake is answered.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import type { Cli } from './command.ts';
import { EXAMPLES_TITLE } from './command.ts';
import { reportFailure } from './failure.ts';
import { findHome, readAddress } from './home-folder.ts';
import { createProgram } from './program.ts';
import { recordedTerminal } from './recorded-terminal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rouse-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: string[], p: { client?: object; input?: string; answers?: string[] } = {}) {
  const { terminal, written } = recordedTerminal({ now: Date.UTC(2026, 10, 22), ...p });
  const environment = { defaultHome: join(folder, 'home'), cwd: folder, platform: 'linux' as const, variables: {} };
  let code: number = 0;
  const cli: Cli = {
    terminal,
    environment,
    homeOf: (options) => findHome({ option: options.home, environment }),
    connect(options) {
      if (p.client === undefined) readAddress(cli.homeOf(options));
      return Promise.resolve(p.client as Client);
    },
    pause: () => Promise.resolve(),
    endWith: (given) => void (code = given),
  };
  try {
    await createProgram({ cli, version: '1.2.3' }).parseAsync(args, { from: 'user' });
  } catch (error) {
    code = reportFailure(error, { terminal, asJson: false });
  }
  return { code, ...written };
}

function leaves(command: CommandUnknownOpts, path: string[] = []): { path: string[]; command: CommandUnknownOpts }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

describe('help', () => {
  const { terminal } = recordedTerminal({ now: 0 });
  const idle = {
    terminal,
    environment: { defaultHome: '', cwd: '', platform: 'linux', variables: {} },
  } as unknown as Cli;
  const commands = leaves(createProgram({ cli: idle, version: '1.2.3' }));

  it.each(commands.map(({ path }) => path.join(' ')))('%s has an example that names it', async (path) => {
    const { out, code } = await run([...path.split(' '), '--help']);
    expect(code).toBe(0);
    const examples = out.slice(out.indexOf(EXAMPLES_TITLE));
    expect(examples).toMatch(new RegExp(`\\$ rouse ${path}( |$)`, 'm'));
  });
  it('the first page lists the exit codes', async () => {
    const { out } = await run(['--help']);
    expect(out).toMatch(/^ {2}10 {2}The run that was waited for failed\.$/m);
  });
  it('the version is printed', async () => expect(await run(['-V'])).toMatchObject({ out: '1.2.3\n', code: 0 }));
});

describe('mistakes', () => {
  const check = async (args: string[], p: { code: number; err: RegExp }): Promise<void> => {
    const { code, err, out } = await run(args);
    expect({ code, out }).toEqual({ code: p.code, out: '' });
    expect(err).toMatch(p.err);
    expect(err).toMatch(/next: /);
  };
  it('a mistyped command or option is answered with the nearest one', async () => {
    await check(['jobs', 'creat'], { code: 2, err: /Did you mean create\?/ });
    await check(['runs', 'list', '--statsu', 'failed'], { code: 2, err: /Did you mean --status\?/ });
  });
  it('a wrong value is answered with those that are allowed', async () => {
    await check(['runs', 'list', '--status', 'broken'], { code: 2, err: /Allowed choices are scheduled, running/ });
    await check(['jobs', 'create', '--name', 'a', '--retry', '3'], { code: 2, err: /backoff:RETRIES:DELAY/ });
    await check(['start', '--port', '99999'], { code: 2, err: /0 to 65535/ });
  });
  it('where no daemon runs it is said in which home, and how to start one', async () => {
    await check(['status'], { code: 7, err: /No daemon runs in .*home\.\nnext: {2}Start it with `rouse start`/ });
  });
  it('a job without a schedule is answered with the notations', async () => {
    await check(['jobs', 'create', '--name', 'a'], { code: 2, err: /every:30m/ });
  });
});

describe('deleting', () => {
  const removed: string[] = [];
  const job = { id: 'job_1', name: 'nightly' };
  const client = {
    jobs: {
      get: () => Promise.resolve({ job, etag: '"1"' }),
      remove: (id: string) => Promise.resolve(void removed.push(id)),
    },
  };
  beforeEach(() => void removed.splice(0));

  it('asks, and does nothing without a yes', async () => {
    expect(await run(['jobs', 'delete', 'job_1'], { client, answers: [''] })).toMatchObject({ code: 2 });
    expect(await run(['jobs', 'delete', 'job_1'], { client, answers: ['no'] })).toMatchObject({ code: 2 });
    expect(removed).toEqual([]);
    const { code, err } = await run(['jobs', 'delete', 'job_1'], { client, answers: ['y'] });
    expect({ code, removed }).toEqual({ code: 0, removed: ['job_1'] });
    expect(err).toMatch(/Delete the job nightly \(job_1\)\? \[y\/N\]/);
  });
  it('wants --yes where nobody can be asked', async () => {
    const { code, err } = await run(['jobs', 'delete', 'job_1'], { client });
    expect({ code, removed }).toEqual({ code: 2, removed: [] });
    expect(err).toMatch(/Add --yes/);
    await run(['jobs', 'delete', 'job_1', '--yes'], { client });
    expect(removed).toEqual(['job_1']);
  });
});
