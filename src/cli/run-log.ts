/**
 * What `rouse start` prints while it runs: one line for each run that came to its end, and one for whatever else a person
 * at the screen should know. Written from the same happenings that everybody else listens to.
 */
import type { Happening } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import { cutText, firstLine, textWidth, type Hue, type Paint } from './paint.ts';
import { runElapsed, runRemark, STATUS_LOOK } from './run-text.ts';
import { TASK_LOOK, taskRemark } from './task-text.ts';
import { localClock, localTime } from './time-text.ts';

export interface RunLog {
  /** The line for a happening, without line end; undefined where it is not worth one. */
  line: (happening: Happening) => string | undefined;
  /** Whether {@link line} may need a name for this. */
  needsName: (happening: Happening) => boolean;
}

const NAME_WIDTH_MIN = 16;
const NAME_WIDTH_MAX = 32;
const STATUS_WIDTH = 'completed'.length;
const ELAPSED_WIDTH = '59 min 59 s'.length;

export function createRunLog(p: {
  paint: Paint;
  /** What people call the automation of a run. */
  nameOf: (run: Run) => string;
  /** What people call a job. */
  jobName: (id: string) => string;
  /** Width of the terminal; absent in a pipe, where nothing is cut. */
  columns?: number;
  timeZone?: string;
}): RunLog {
  const { paint, timeZone } = p;
  // Grows with the names that came by, so that lines stay under one another without knowing all names beforehand.
  let nameWidth = NAME_WIDTH_MIN;

  const compose = (at: EpochMs, parts: { name: string; hue: Hue; symbol: string; rest: string }): string => {
    nameWidth = Math.min(NAME_WIDTH_MAX, Math.max(nameWidth, textWidth(parts.name)));
    const name = cutText(parts.name, nameWidth);
    const padding = ' '.repeat(nameWidth - textWidth(name));
    const clock = localClock(at, timeZone);
    const used = clock.length + 2 + nameWidth + 2 + 2;
    const rest = p.columns === undefined ? parts.rest : cutText(parts.rest, Math.max(20, p.columns - used));
    return `${paint('dim', clock)}  ${name}${padding}  ${paint(parts.hue, parts.symbol)} ${rest}`.trimEnd();
  };

  const runLine = (at: EpochMs, run: Run, willRetry: boolean): string => {
    const { symbol, hue } = STATUS_LOOK[run.status];
    const elapsed = (runElapsed(run) ?? '').padStart(ELAPSED_WIDTH);
    const retry = willRetry ? ' (will be tried again)' : '';
    const rest = `${run.status.padEnd(STATUS_WIDTH)} ${elapsed}  ${runRemark(run, timeZone)}${retry}`;
    return compose(at, { name: firstLine(p.nameOf(run)), hue, symbol, rest });
  };

  const notice = (at: EpochMs, parts: { name: string; hue: Hue; symbol: string; rest: string }): string =>
    compose(at, { ...parts, rest: firstLine(parts.rest) });

  return {
    needsName({ type }) {
      return (
        type === 'run.finished' ||
        type === 'run.created' ||
        type === 'job.parked' ||
        type === 'permission.opened' ||
        type === 'automation.paused'
      );
    },
    line(happening) {
      const { at } = happening;
      switch (happening.type) {
        case 'run.finished':
          return runLine(at, happening.run, happening.will_retry);
        case 'run.created':
          // A waiting run gets its line when it ends; a refused one has ended already.
          return happening.run.status === 'canceled' ? runLine(at, happening.run, false) : undefined;
        case 'job.parked':
          return notice(at, {
            name: firstLine(p.jobName(happening.job_id)),
            hue: 'red',
            symbol: '!',
            rest: `parked: ${happening.detail ?? 'it cannot be scheduled'}`,
          });
        case 'config.loaded': {
          const { created, changed, deleted, problems } = happening;
          if (created + changed + deleted + problems === 0) return undefined;
          const counts = `${created} created, ${changed} changed, ${deleted} deleted`;
          const trouble = problems === 0 ? '' : `, ${problems} with problems (rouse config check)`;
          return notice(at, {
            name: 'configuration',
            hue: problems === 0 ? 'green' : 'yellow',
            symbol: problems === 0 ? '✓' : '!',
            rest: `${counts}${trouble}`,
          });
        }
        case 'config.problem': {
          const { file, line, column, message } = happening;
          const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
          return notice(at, { name: 'configuration', hue: 'red', symbol: '✗', rest: `${place} ${firstLine(message)}` });
        }
        case 'hook.called': {
          if (happening.state === 'completed') return undefined;
          const again = happening.state === 'waiting' ? ' (it is tried again)' : '';
          const rest = `hook on ${happening.event} failed: ${firstLine(happening.detail)}${again}`;
          return notice(at, { name: happening.hook, hue: 'yellow', symbol: '!', rest });
        }
        case 'permission.opened': {
          const { run } = happening;
          const asks = firstLine(run.permission?.title ?? 'something');
          return notice(at, {
            name: firstLine(p.nameOf(run)),
            hue: 'yellow',
            symbol: '?',
            rest: `asks for permission: ${asks} (rouse runs allow ${run.id}, or deny)`,
          });
        }
        case 'task.finished': {
          const { task } = happening;
          const { symbol, hue } = TASK_LOOK[task.status];
          const remark = taskRemark({ status: task.status, ...task.task_run });
          const by = task.task_run.ended_by ?? 'nobody';
          const rest = `task ${task.status} by ${by}${remark === '' ? '' : `: ${remark}`}`;
          return notice(at, { name: firstLine(task.title), hue, symbol, rest });
        }
        case 'automation.paused':
          return notice(at, {
            name: firstLine(p.jobName(happening.automation_id)),
            hue: 'red',
            symbol: '!',
            rest: `paused: ${happening.detail}`,
          });
        case 'agent.held':
          return notice(at, {
            name: firstLine(happening.agent_name),
            hue: 'yellow',
            symbol: '!',
            rest: `held until ${localTime(happening.until, timeZone)}: ${happening.detail}`,
          });
        case 'clock.corrected':
          return notice(at, {
            name: 'clock',
            hue: 'yellow',
            symbol: '!',
            rest: `had shown ${localTime(happening.was_at, timeZone)}; all jobs go on from now`,
          });
        case 'engine.paused':
          return notice(at, {
            name: 'daemon',
            hue: 'yellow',
            symbol: '■',
            rest: `everything paused by ${happening.by}`,
          });
        case 'engine.resumed':
          return notice(at, { name: 'daemon', hue: 'green', symbol: '✓', rest: `goes on, by ${happening.by}` });
        case 'service.failed':
          return notice(at, {
            name: happening.service,
            hue: 'red',
            symbol: '!',
            rest: `failed: ${happening.error} (it goes on trying)`,
          });
        case 'service.recovered':
          return notice(at, { name: happening.service, hue: 'green', symbol: '✓', rest: 'works again' });
        case 'daemon.stopping':
          return notice(at, { name: 'daemon', hue: 'yellow', symbol: '■', rest: `stopping: ${happening.reason}` });
        default:
          return undefined;
      }
    },
  };
}
