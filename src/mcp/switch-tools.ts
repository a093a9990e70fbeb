/** Switching an automation on and off: what happens depends on where its definition lives. */
import { switchJob } from '../client/switch-automation.ts';
import type { ComposedTool } from './tool.ts';

function jobSwitch(p: { verb: 'enable' | 'disable'; title: string; enabled: boolean }): ComposedTool {
  return {
    name: `jobs_${p.verb}`,
    title: p.title,
    effect: 'change',
    idempotent: true,
    description: `${p.title}. A definition of a file or package stays as it is: a switch is laid over it.`,
    input: {
      type: 'object',
      properties: { id: { type: 'string', minLength: 1 } },
      required: ['id'],
      additionalProperties: false,
    },
    async run({ client, args, signal }) {
      const { job } = await client.jobs.get(String(args['id']), { signal });
      return { job: await switchJob(client, { job, enabled: p.enabled, signal }) };
    },
  };
}

export const switchTools: readonly ComposedTool[] = [
  jobSwitch({ verb: 'enable', title: 'Switch a job on', enabled: true }),
  jobSwitch({ verb: 'disable', title: 'Switch a job off', enabled: false }),
];
