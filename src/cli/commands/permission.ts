/** `rouse runs allow` and `rouse runs deny`: an answer for an agent that asked. */
import { Argument } from '@commander-js/extra-typings';
import type { ApiRun } from '../../client/client.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { UsageError } from '../failure.ts';
import { firstLine } from '../paint.ts';
import { writeReply } from '../reply.ts';

type Decision = 'allow' | 'deny';

/** The kinds of options that say the opposite of the command; those of other kinds are the agent's own business. */
const CONTRARY: Readonly<Record<Decision, string>> = { allow: 'reject', deny: 'allow' };

/** "deny --option always" would grant what somebody meant to refuse. */
function refuseContrary(run: ApiRun, p: { decision: Decision; optionId: string }): void {
  const option = run.permission?.options.find(({ option_id: id }) => id === p.optionId);
  if (option === undefined || !option.kind.startsWith(CONTRARY[p.decision])) return;
  const other = p.decision === 'allow' ? 'deny' : 'allow';
  throw new UsageError(
    `The option ${option.option_id} ("${firstLine(option.name)}") says the opposite of ${p.decision}. Nothing was answered.`,
    `If you mean it: rouse runs ${other} ${run.id} --option ${option.option_id}`,
  );
}

export function answerCommand(cli: Cli, p: { decision: Decision; summary: string; done: string }) {
  const { decision } = p;
  return daemonCommand(decision, {
    summary: p.summary,
    description: `${p.summary}, once. "rouse runs get" shows what it asks and which options it offers; --option answers with one of them.`,
    examples: [
      `runs ${decision} run_0198c2`,
      `runs ${decision} run_0198c2 --option ${decision === 'allow' ? 'allow_always' : 'reject_always'}`,
    ],
  })
    .addArgument(new Argument('<run>', 'id of the run'))
    .option('--option <id>', "one of the request's own options")
    .action(async (id, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const asking = await client.runs.get(id);
      const { option: optionId } = options;
      if (optionId !== undefined) refuseContrary(asking, { decision, optionId });
      const run = await client.runs.answerPermission(
        id,
        optionId === undefined ? { decision } : { option_id: optionId },
      );
      const what = asking.permission === undefined ? run.id : firstLine(asking.permission.title);
      const lines = () => [`${p.done}: ${what}. The run goes on: rouse runs follow ${run.id}`];
      writeReply({ terminal, format: options.output, reply: { run }, items: [run], lines });
    });
}
