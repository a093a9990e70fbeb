/** Every checker there is, fresh for one simulation. */
import type { Checker } from '../checker.ts';
import { bounds } from './bounds.ts';
import { budgets } from './budgets.ts';
import { caps } from './caps.ts';
import { cancellation } from './cancellation.ts';
import { everyEvent } from './every-event.ts';
import { everyInstant } from './every-instant.ts';
import { fireLimit } from './fire-limit.ts';
import { neighbours } from './neighbours.ts';
import { notBeforeDue } from './not-before-due.ts';
import { nothingLeft } from './nothing-left.ts';
import { oneStart } from './one-start.ts';
import { overlap } from './overlap.ts';
import { pauses } from './pauses.ts';
import { retries } from './retries.ts';
import { states } from './states.ts';
import { tasksOnce } from './tasks-once.ts';
import { wallTimeOnce } from './wall-time-once.ts';

export function allCheckers(): Checker[] {
  return [
    oneStart(),
    everyInstant(),
    everyEvent(),
    tasksOnce(),
    caps(),
    overlap(),
    fireLimit(),
    budgets(),
    notBeforeDue(),
    wallTimeOnce(),
    states(),
    neighbours(),
    retries(),
    cancellation(),
    pauses(),
    bounds(),
    nothingLeft(),
  ];
}
