/** Drives one real agent through a real daemon: what it says, what it uses, how it asks, how it ends, what it remembers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiRun } from '../../src/client/client.ts';
import type { ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { GREETING, MARKS, type ModelServer } from './model-server.ts';
import type { RealAgent } from './real-agents.ts';

export interface Finding {
  agent: string;
  what: string;
  ok: boolean;
  detail: string;
}

const RUN_MS_MAX = 180_000;

export async function drive(p: {
  agent: RealAgent;
  daemon: ScratchDaemon;
  jobId: string;
  model: ModelServer;
}): Promise<Finding[]> {
  const { agent, daemon, jobId, model } = p;
  const findings: Finding[] = [];
  const note = (what: string, ok: boolean, detail: unknown): void => {
    findings.push({ agent: agent.name, what, ok, detail: String(detail).replaceAll('\n', ' ').slice(0, 160) });
  };
  const ended = (id: string): Promise<ApiRun> =>
    daemon.waitForRun((run) => run.id === id && run.ended_at !== undefined, { withinMs: RUN_MS_MAX });
  const begin = async (prompt: string): Promise<string> => (await daemon.client.jobs.trigger(jobId, { prompt })).run.id;
  const textOf = async (run: ApiRun, kind: string): Promise<string> =>
    run.session_id === undefined
      ? ''
      : (await daemon.client.sessions.transcript(run.session_id, { limit: 500 })).entries
          .filter((entry) => entry.kind === kind)
          .map(({ text }) => text)
          .join('\n');

  const health = await daemon.client.agents.test(agent.name);
  note('is ready', health.ready, health.problem ?? `${health.version ?? 'no version'}, logged in: ${health.logged_in}`);

  const greeted = await ended(await begin('Say hello.'));
  note(
    'answers',
    greeted.status === 'completed' && (greeted.output ?? '').includes(GREETING),
    greeted.error ?? greeted.output,
  );
  note('is in the transcript', (await textOf(greeted, 'message')).includes(GREETING), await textOf(greeted, 'notice'));
  const { usage } = greeted;
  note(
    'tells its tokens',
    (usage?.input_tokens ?? 0) >= 100 && (usage?.output_tokens ?? 0) >= 20,
    JSON.stringify(usage),
  );
  if (agent.tellsCost) note('tells its cost', (usage?.cost_usd ?? 0) > 0, JSON.stringify(usage));

  const again = await ended(await begin('Say hello again.'));
  const session = [];
  for (const { session_id } of [greeted, again]) {
    session.push(session_id === undefined ? undefined : await daemon.client.sessions.get(session_id));
  }
  const same =
    session[0]?.agent_session_id !== undefined && session[0].agent_session_id === session[1]?.agent_session_id;
  const notices = await textOf(again, 'notice');
  if (agent.resumes) note('goes on with its session', same && again.status === 'completed', again.error ?? notices);
  else note('begins anew, visibly', notices.includes('a new one was opened'), notices);
  const own =
    (again.usage?.input_tokens ?? 0) <= (usage?.input_tokens ?? 0) * 1.5 &&
    (again.usage?.cost_usd ?? 0) <= (usage?.cost_usd ?? 0) * 1.5;
  note('counts each run on its own', own, JSON.stringify(again.usage));

  const touched = join(daemon.workFolder, `touched-by-${agent.name}`);
  const runId = await begin(`${MARKS.command} touch ${touched}`);
  if (agent.asks) note('asks for permission, and goes on', await allow(daemon, runId), '');
  const commanded = await ended(runId);
  note('runs a command', existsSync(touched) && commanded.status === 'completed', commanded.error ?? commanded.output);
  note('shows its tools', (await textOf(commanded, 'tool_call')) !== '', await textOf(commanded, 'tool_call'));

  const endless = await begin(MARKS.endless);
  // An agent that fails before it asks the model never begins.
  await Promise.race([model.endlessBegun, ended(endless)]);
  await daemon.client.runs.cancel(endless);
  const canceled = await ended(endless);
  const gone = await Promise.race([model.endlessAbandoned.then(() => true), ended(endless).then(() => false)]);
  note('is canceled', canceled.status === 'canceled', `${canceled.error}; the model saw it go: ${gone}`);
  return findings;
}

/** Waits until the run asks, as often as it asks, and allows it; false when it ends without having asked. */
async function allow(daemon: ScratchDaemon, runId: string): Promise<boolean> {
  let asked = false;
  for (;;) {
    let open = false;
    await daemon.waitUntil(
      async ({ client }) => {
        const run = await client.runs.get(runId);
        open = run.permission !== undefined;
        return open || run.ended_at !== undefined;
      },
      { withinMs: RUN_MS_MAX },
    );
    if (!open) return asked;
    asked = true;
    await daemon.client.runs.answerPermission(runId, { decision: 'allow' });
    await daemon.waitUntil(async ({ client }) => (await client.runs.get(runId)).permission === undefined);
  }
}
