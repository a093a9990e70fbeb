/** How a simulation looks to people: a line per job, and what it comes to. */
import type { ApiSimulation } from '../client/client.ts';
import { parseDuration } from '../model/duration.ts';
import { costText, tokensText } from './amount-text.ts';
import { plainText } from './paint.ts';
import { type Cell, tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { epochOf, localTime } from './time-text.ts';
import { elapsedText } from '../lib/span-text.ts';

type SimulatedJob = ApiSimulation['jobs'][number];

function spanOf(duration: string): string {
  const parsed = parseDuration(duration);
  return parsed.ok ? elapsedText(Number(parsed.nanoseconds / 1_000_000n)) : duration;
}

function refusedCell({ refused }: SimulatedJob): Cell {
  const reasons = Object.entries(refused).filter(([, count]) => count !== undefined && count > 0);
  return {
    text: reasons.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', '),
    hue: 'yellow',
  };
}

function waitText(job: SimulatedJob): string {
  const longest = spanOf(job.wait_max);
  return longest === '0 ms' ? '' : `${spanOf(job.wait_mean)}, up to ${longest}`;
}

export function simulationLines(p: { simulation: ApiSimulation; terminal: Terminal }): string[] {
  const { simulation, terminal } = p;
  const { jobs, expected } = simulation;
  const day = (text: string): string => localTime(epochOf(text) ?? terminal.now(), terminal.timeZone).slice(0, 16);
  const range = `${day(simulation.from)} to ${day(simulation.to)}`;
  const leftOut = simulation.left_out.map(({ name, reason, since }) =>
    terminal.paintOut(
      'yellow',
      plainText(`${name} ${since === undefined ? 'is left out' : `stops at ${day(since)}`}: ${reason}`),
    ),
  );
  if (jobs.length === 0) return [...leftOut, `Nothing would fire from ${range}. All jobs: rouse jobs list`];
  const table = tableLines<SimulatedJob>({
    rows: jobs,
    terminalColumns: terminal.columns,
    paint: terminal.paintOut,
    columns: [
      { title: 'JOB', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
      { title: 'FIRES', cell: ({ fires }) => String(fires), align: 'right' },
      { title: 'RUNS', cell: ({ runs }) => String(runs), align: 'right' },
      { title: 'REFUSED', cell: refusedCell, flexible: true },
      { title: 'WAITS', cell: waitText },
      { title: 'TAKES', cell: (job) => `${job.samples === 0 ? '~' : ''}${spanOf(job.duration)}`, align: 'right' },
      { title: 'TOKENS', cell: ({ expected: { tokens } }) => tokensText(tokens), align: 'right' },
      { title: 'COST', cell: ({ expected: { cost_usd: cost } }) => costText(cost), align: 'right' },
    ],
  });
  const runs = jobs.reduce((sum, job) => sum + job.runs, 0);
  const notes = [
    `${range}: ${runs} runs, ${tokensText(expected.tokens)} tokens and ${costText(expected.cost_usd)} expected, at most ${simulation.concurrent_max} at once of ${simulation.concurrent_cap} that may.`,
    ...(jobs.some(({ samples }) => samples === 0) ? ['~ is an assumption: the job has no past runs to go by.'] : []),
  ];
  const cut =
    simulation.truncated_at === undefined
      ? []
      : [terminal.paintOut('yellow', `It ended early, at ${day(simulation.truncated_at)}: there is too much to play.`)];
  return [...table, ...leftOut, ...notes.map((note) => terminal.paintOut('dim', note)), ...cut];
}
