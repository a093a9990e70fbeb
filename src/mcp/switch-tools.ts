/** Switching an automation on and off: what happens depends on where its definition lives. */
import type { Client } from '../client/client.ts';
import { switchJob, switchTrigger } from '../client/switch-automation.ts';
import type { ComposedTool } from './tool.ts';

type Turn = (p: { client: Client; id: string; enabled: boolean; signal: AbortSignal }) => Promise<object>;

const turnJob: Turn = async ({ client, id, enabled, signal }) => {
  const { job } = await client.jobs.get(id, { signal });
  return { job: await switchJob(client, { job, enabled, signal }) };
};

const turnTrigger: Turn = async ({ client, id, enabled, signal }) => {
  const { trigger } = await client.triggers.get(id, { signal });
  return { trigger: await switchTrigger(client, { trigger, enabled, signal }) };
};

function switchTool(p: { noun: 'job' | 'trigger'; verb: 'enable' | 'disable'; turn: Turn }): ComposedTool {
  const { noun, verb, turn } = p;
  const enabled = verb === 'enable';
  const title = `Switch a ${noun} ${enabled ? 'on' : 'off'}`;
  return {
    name: `${noun}s_${verb}`,
    title,
    effect: 'change',
    idempotent: true,
    description: `${title}. A definition of a file or package stays as it is: a switch is laid over it.`,
    input: {
      type: 'object',
      properties: { id: { type: 'string', minLength: 1 } },
      required: ['id'],
      additionalProperties: false,
    },
    run: ({ client, args, signal }) => turn({ client, id: String(args['id']), enabled, signal }),
  };
}

export const switchTools: readonly ComposedTool[] = (['enable', 'disable'] as const).flatMap((verb) => [
  switchTool({ noun: 'job', verb, turn: turnJob }),
  switchTool({ noun: 'trigger', verb, turn: turnTrigger }),
]);
