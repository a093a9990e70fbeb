/** The frame of every object's validator: open, check, hand back the problems in order. */
import type { Problem } from '../problem.ts';
import { Fields } from './fields.ts';
import { Findings } from './findings.ts';

/** `value` is wire JSON; `path` is what the problems' paths begin with. No problem means valid. Never throws. */
export type Validator = (value: unknown, path?: string) => Problem[];

export function validator(check: (fields: Fields) => void): Validator {
  return (value, path = '') => {
    const findings = new Findings();
    const fields = Fields.open({ value, path, findings });
    if (fields !== undefined) check(fields);
    return findings.all({ path });
  };
}
