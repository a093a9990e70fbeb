/** `rouse explain`: why something ran or did not, in the daemon's own sentence. */
import { Argument } from '@commander-js/extra-typings';
import type { ApiExplanation, ApiTrigger, Client } from '../../client/client.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { findJob } from '../job-reference.ts';
import { plainText } from '../paint.ts';
import { writeReply } from '../reply.ts';
import { factLines } from '../table.ts';
import { whenText } from '../time-text.ts';
import { triggerAccount } from '../trigger-text.ts';

/** What an agent or a person wrote may have lines of its own; the sentence is one. */
function sentenceOf({ sentence }: ApiExplanation): string {
  return plainText(sentence).replaceAll(/\s*\n\s*/g, ' ');
}

interface Around {
  last?: ApiExplanation;
  next?: ApiExplanation;
  /** Where there is neither: what can be said of now, such as why the job cannot be scheduled. */
  now?: ApiExplanation;
}

/** The last due instant and the next one. */
async function explainAround(client: Client, jobId: string): Promise<Around> {
  const now = await client.jobs.explain(jobId);
  const at = async (instant: string | undefined): Promise<ApiExplanation | undefined> =>
    instant === undefined ? undefined : client.jobs.explain(jobId, { at: instant });
  // Asked in the very moment at which it fires, the job's last due instant is this one.
  const last = now.outcome === 'not_an_instant' || now.outcome === 'before_job' ? await at(now.previous_at) : now;
  const next = await at(now.next_at);
  // An instant before the job was created is nothing that anybody waited for.
  const isItsOwn = last !== undefined && last.outcome !== 'before_job';
  if (!isItsOwn && next === undefined) return { now };
  return { ...(isItsOwn ? { last } : {}), ...(next === undefined ? {} : { next }) };
}

/** The trigger of this name or id, where no job has it; nothing of it is instants. */
async function triggerOnly(client: Client, reference: string): Promise<ApiTrigger | undefined> {
  if (reference.startsWith('trg_')) return (await client.triggers.get(reference)).trigger;
  const [{ jobs }, { triggers }] = await Promise.all([
    client.jobs.list({ name: reference, limit: 1 }),
    client.triggers.list({ name: reference, limit: 2 }),
  ]);
  const [only, ...others] = triggers;
  // Asked for by id: a list says nothing of the last events.
  if (jobs.length > 0 || only === undefined || others.length > 0) return undefined;
  return (await client.triggers.get(only.id)).trigger;
}

export function explainCommand(cli: Cli) {
  return daemonCommand('explain', {
    summary: 'Say why a job or a trigger ran or did not run',
    description:
      'Say what became of an instant of a job, or will, and why. Without --at: of the last due instant and of the next one. Of a trigger: what it made of the last events.',
    examples: [
      'explain weekday-review',
      'explain deploy-check',
      'explain weekday-review --at 2026-11-23T09:00',
      'explain weekday-review --at 2026-11-23T08:00:00Z -o json',
    ],
  })
    .addArgument(new Argument('<automation>', 'name or id of a job or a trigger'))
    .option(
      '--at <when>',
      "the instant: wall time in the job's zone such as 2026-11-23T09:00, RFC 3339, or a duration back from now such as 2h",
    )
    .action(async (reference, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const format = options.output;
      const trigger = options.at === undefined ? await triggerOnly(client, reference) : undefined;
      if (trigger !== undefined) {
        const lines = () => triggerAccount(trigger, terminal);
        writeReply({ terminal, format, reply: { trigger }, items: [trigger], lines });
        return;
      }
      const job = await findJob(client, reference);
      if (options.at !== undefined) {
        const explanation = await client.jobs.explain(job.id, { at: whenText(options.at) });
        const lines = () => [sentenceOf(explanation)];
        writeReply({ terminal, format, reply: { explanation }, items: [explanation], lines });
        return;
      }
      const around = await explainAround(client, job.id);
      const explanations = [around.last, around.next, around.now].filter((each) => each !== undefined);
      const lines = () => {
        const { last, next, now } = around;
        return factLines(
          [
            ['last', last === undefined ? undefined : sentenceOf(last)],
            ['next', next === undefined ? undefined : sentenceOf(next)],
            ['now', now === undefined ? undefined : sentenceOf(now)],
          ],
          terminal.paintOut,
        );
      };
      writeReply({ terminal, format, reply: { explanations }, items: explanations, lines });
    });
}
