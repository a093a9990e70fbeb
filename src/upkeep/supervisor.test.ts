import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchdAgent, systemdUnit } from './service-definition.ts';
import { Supervisor } from './supervisor.ts';

const definition = {
  name: 'rouse',
  command: ['/usr/bin/node', '/opt/my "rouse"/bin/rouse.mjs', 'start', '--home', '/home/a b/100%/$x'],
  home: '/home/a b/100%/$x',
  path: '/usr/bin:/opt/a b/bin',
  logFile: '/home/a & b/log',
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rouse-service-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function supervisor(platform: NodeJS.Platform, answers: Record<string, { status: number; output: string }> = {}) {
  const called: string[] = [];
  const made = new Supervisor({
    platform,
    userFolder: folder,
    uid: 501,
    execute(program, args) {
      const line = [program, ...args].join(' ');
      called.push(line);
      return Object.entries(answers).find(([part]) => line.includes(part))?.[1] ?? { status: 0, output: '' };
    },
  });
  return { made, called };
}

describe('a systemd unit', () => {
  test('says every word of the command as systemd reads it', () => {
    expect(systemdUnit(definition)).toContain(
      String.raw`ExecStart="/usr/bin/node" "/opt/my \"rouse\"/bin/rouse.mjs" "start" "--home" "/home/a b/100%%/$$x"`,
    );
    expect(systemdUnit(definition)).toContain('Environment="PATH=/usr/bin:/opt/a b/bin"');
  });

  test('is one that systemd accepts', (context) => {
    const file = join(folder, 'rouse.service');
    const plain = { ...definition, command: [process.execPath, 'x.mjs', 'start'] };
    spawnSync('tee', [file], { input: systemdUnit(plain) });
    const verify = spawnSync('systemd-analyze', ['--user', 'verify', file], { encoding: 'utf8' });
    if (verify.error !== undefined) context.skip('systemd-analyze is not installed');
    expect(verify.stderr).not.toContain(file);
  });
});

test('a launchd agent escapes what XML would read', () => {
  const text = launchdAgent(definition);
  expect(text).toContain('<string>/home/a &amp; b/log</string>');
  expect(text).toContain('<string>/opt/my "rouse"/bin/rouse.mjs</string>');
});

describe('the supervisor', () => {
  test.each([
    [
      'linux',
      '.config/systemd/user/rouse.service',
      ['systemctl --user daemon-reload', 'systemctl --user enable --now rouse.service'],
    ],
    ['darwin', 'Library/LaunchAgents/dev.rouse.rouse.plist', [`launchctl bootstrap gui/501`]],
  ] as const)('on %s it is installed, asked and removed', async (platform, path, commands) => {
    const { made, called } = supervisor(platform, {
      'is-active': { status: 0, output: 'active\n' },
      'is-enabled': { status: 0, output: 'enabled\n' },
    });
    const { file } = await made.install(definition);
    expect(file).toBe(join(folder, path));
    expect(readFileSync(file, 'utf8')).toBe(made.textOf(definition));
    commands.forEach((command, index) => expect(called[index]).toContain(command));
    expect(await made.status('rouse')).toMatchObject({ installed: true, enabled: true });
    expect(await made.uninstall('rouse')).toBe(true);
    expect(await made.status('rouse')).toEqual({ kind: made.kind, file, installed: false });
    expect(await made.uninstall('rouse')).toBe(false);
  });

  test('what the system refuses is said, with where the definition is', async () => {
    const { made } = supervisor('linux', { enable: { status: 1, output: 'Failed to connect to bus' } });
    await expect(made.install(definition)).rejects.toMatchObject({
      code: 'service_unsupported',
      message: expect.stringMatching(/Failed to connect to bus.*rouse\.service/),
    });
  });

  test('a system without one that we know is refused', () => {
    expect(() => supervisor('win32')).toThrow(/win32/);
  });
});
