/** Watches a run to its end: the transcript as it comes, then how it ended, then an exit code that says so. */
import type { ApiRun, Client } from '../client/client.ts';
import { isFinished } from '../model/run.ts';
import type { Cli } from './command.ts';
import { writeReply } from './reply.ts';
import { runFacts } from './run-facts.ts';
import { exitCodeOf, type AutomationNames } from './run-table.ts';
import { runElapsed, runRemark, STATUS_LOOK } from './run-text.ts';
import { outLines, type OutputFormat } from './terminal.ts';
import { TranscriptWriter } from './transcript-text.ts';

/** `✓ completed in 1.2 s: the first line of what was said`. */
export function outcomeLine(cli: Cli, run: ApiRun): string {
  const { symbol, hue } = STATUS_LOOK[run.status];
  const facts = runFacts(run);
  const elapsed = runElapsed(facts);
  const remark = runRemark(facts, cli.terminal.timeZone);
  const head = cli.terminal.paintOut(hue, `${symbol} ${run.status}`);
  return `${head}${elapsed === undefined ? '' : ` in ${elapsed}`}${remark === '' ? '' : `: ${remark}`}`;
}

/** Prints how a run ended, and lets the command end as the run did. */
export function showOutcome(cli: Cli, p: { run: ApiRun; names: AutomationNames; format: OutputFormat }): void {
  const { run, names } = p;
  const name = names.get(run.job_id ?? run.trigger_id ?? '');
  const lines = () => [`${run.id}${name === undefined ? '' : ` of ${name}`} ${outcomeLine(cli, run)}`];
  writeReply({ terminal: cli.terminal, format: p.format, reply: { run }, items: [run], lines });
  cli.endWith(exitCodeOf(run.status));
}

/**
 * People get the transcript as text. Programs get one JSON object per event and line, whatever format they asked for
 * but `table`: a stream has no end that a document could wait for.
 */
export async function followRun(
  cli: Cli,
  p: { client: Client; id: string; names: AutomationNames; format: OutputFormat; full?: boolean },
): Promise<void> {
  const { terminal } = cli;
  const writer = new TranscriptWriter({ write: terminal.out, paint: terminal.paintOut, folded: p.full !== true });
  for await (const event of p.client.runs.follow(p.id, { pause: cli.pause })) {
    if (p.format !== 'table') outLines(terminal, [JSON.stringify(event)]);
    else if (event.type === 'entry') writer.entry(event.entry);
    else if (event.type === 'run' && event.run.status === 'scheduled') {
      const remark = runRemark(runFacts(event.run), terminal.timeZone);
      terminal.err(`${terminal.paintErr('dim', `waiting to start${remark === '' ? '' : ` (${remark})`}…`)}\n`);
    }
    if (event.type !== 'end' || !isFinished(event.run.status)) continue;
    writer.finishLine();
    if (p.format === 'table') outLines(terminal, [outcomeLine(cli, event.run)]);
    cli.endWith(exitCodeOf(event.run.status));
  }
}
