/** What the files say, and whether what they name is there: the configuration, its agents' programs, the port. */
import { createServer } from 'node:net';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import { findProgram } from './find-program.ts';
import { type Finding, finding, ok } from './finding.ts';

export function checkConfig(config: LoadedConfig): Finding[] {
  const check = 'configuration';
  const { files, problems, jobs, triggers } = config;
  if (files.length === 0) {
    return [finding('warning', { check, said: 'there is no rouse.toml', next: 'Write a first one: rouse init' })];
  }
  if (problems.length === 0) {
    const count = (things: readonly unknown[], noun: string): string =>
      `${things.length} ${noun}${things.length === 1 ? '' : 's'}`;
    return [ok(check, `${files.join(', ')}: ${count(jobs, 'job')}, ${count(triggers, 'trigger')}`)];
  }
  return problems.map(({ file, line, column, message }) =>
    finding('failure', {
      check,
      said: `${[file, line, column].filter((part) => part !== undefined).join(':')} ${message}`,
      next: 'Mend the place; saving takes effect at once. All of them: rouse config check',
    }),
  );
}

/** Whether every agent's program is where the agent would look for it. Whether it is logged in, it says itself. */
export async function checkAgents(p: {
  agents: readonly AgentDefinition[];
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<Finding[]> {
  const check = 'agents';
  if (p.agents.length === 0) {
    const next = 'Name one in rouse.toml: [agents.<name>]. The guides say how, for each.';
    return [finding('warning', { check, said: 'no agent is configured, so nothing can be woken', next })];
  }
  const findings: Finding[] = [];
  for (const agent of p.agents) {
    const [program] = agent.command;
    if (program === undefined) {
      findings.push(ok(check, `${agent.name}: ${agent.url === '' ? agent.type : agent.url}`));
      continue;
    }
    const path = agent.env['PATH'] ?? (agent.env_pass.includes('PATH') ? p.environment['PATH'] : undefined) ?? '';
    const found = await findProgram(program, path);
    findings.push(
      found === undefined
        ? finding('failure', {
            check,
            said: `${agent.name}: the program ${program} is not on the PATH`,
            next: `Install it, or write its whole path in [agents.${agent.name}] command.`,
          })
        : ok(check, `${agent.name}: ${found}`),
    );
  }
  return findings;
}

/** Only asked while no daemon runs: then nobody else may have the place where it would listen. */
export async function checkPort(p: { host: string; port: number }): Promise<Finding> {
  const check = 'port';
  const { host, port } = p;
  const trouble = await listenOnce(p);
  if (trouble === undefined) return ok(check, `${host} ${port} is free`);
  return finding('failure', {
    check,
    said: `nobody can listen on ${host} port ${port}: ${trouble}`,
    next: 'Stop whoever listens there, or set [daemon] port in rouse.toml (0 takes any free one).',
  });
}

function listenOnce(p: { host: string; port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'another program does already' : error.message),
    );
    server.listen({ host: p.host, port: p.port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
