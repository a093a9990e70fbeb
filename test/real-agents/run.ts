/**
 * Installs real agents from the npm registry and drives them through a real daemon against a model on loopback. No account
 * is needed and nothing is spent. Several hundred megabytes each, so this is no part of the tests.
 *
 *   npm run agents:real -- [--agents claude-acp,opencode-acp] [--folder /somewhere/with/room]
 *
 * With `--folder` what was installed is kept and used again. Ends with code 1 when anything does not work.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { drive, type Finding } from './drive.ts';
import { openModelServer } from './model-server.ts';
import { REAL_AGENTS, type RealAgent } from './real-agents.ts';

const BYTES_PER_AGENT = 600 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: 'claude-acp,opencode-acp' },
    folder: { type: 'string' },
  },
});
const wanted = values.agents.split(',').map((name) => name.trim());
const unknown = wanted.filter((name) => !REAL_AGENTS.some((agent) => agent.name === name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${REAL_AGENTS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'rouse-real-agents-'));
mkdirSync(folder, { recursive: true });

function install(agent: RealAgent): string {
  const place = join(folder, agent.package.replaceAll(/[^a-z0-9.-]+/g, '_'));
  const bin = join(place, 'node_modules/.bin', agent.bin);
  if (existsSync(bin)) return bin;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < BYTES_PER_AGENT) throw new Error(`${folder} has no room for ${agent.package}`);
  mkdirSync(place, { recursive: true });
  const name = agent.package.slice(0, agent.package.lastIndexOf('@'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ private: true, allowScripts: { [name]: true } }));
  process.stdout.write(`installing ${agent.package}…\n`);
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', agent.package], { cwd: place, encoding: 'utf8' });
  if (npm.status !== 0) throw new Error(npm.stderr);
  return bin;
}

function configOf(agent: RealAgent, p: { bin: string; home: string; url: string }): string {
  // Some need a newer Node than the system has; ours is new enough.
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const env = { PATH: path, HOME: p.home, TERM: 'dumb', ...agent.env(p) };
  const lines = Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `
[agents.${agent.name}]
${agent.config}
command = ${JSON.stringify([p.bin, ...agent.args])}
permission = "ask"
permission_timeout = "2m"
env_pass = []
env = { ${lines.join(', ')} }

[[automation.jobs]]
name = "${agent.name}"
agent = "${agent.name}"
prompt = "Say hello."
schedule = "every:1000h"
session = { mode = "resume" }
timeout = "4m"
`;
}

const findings: Finding[] = [];
try {
  for (const agent of REAL_AGENTS.filter(({ name }) => wanted.includes(name))) {
    const bin = install(agent);
    const model = await openModelServer();
    const home = mkdtempSync(join(tmpdir(), 'rouse-agent-home-'));
    agent.prepare?.({ url: model.url, home });
    const daemon = await openScratchDaemon({
      config: configOf(agent, { bin, home, url: model.url }),
      withinMs: 60_000,
    });
    try {
      const { jobs } = await daemon.client.jobs.list();
      findings.push(...(await drive({ agent, daemon, jobId: jobs[0]!.id, model })));
    } catch (error) {
      findings.push({ agent: agent.name, what: 'is driven to the end', ok: false, detail: String(error) });
    } finally {
      await daemon.close();
      await model.close();
      rmSync(home, { recursive: true, force: true });
    }
    for (const { agent: name, what, ok, detail } of findings.filter((each) => each.agent === agent.name)) {
      process.stdout.write(`${ok ? 'ok   ' : 'WRONG'} ${name} ${what}${detail === '' ? '' : `: ${detail}`}\n`);
    }
  }
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
process.exitCode = findings.every(({ ok }) => ok) ? 0 : 1;
