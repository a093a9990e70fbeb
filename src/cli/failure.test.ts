import { CommanderError } from '@commander-js/extra-typings';
import { expect, it } from 'vitest';
import { ApiError } from '../client/api-error.ts';
import { AppError } from '../errors/app-error.ts';
import { reportFailure, UsageError } from './failure.ts';
import { recordedTerminal } from './recorded-terminal.ts';

function reported(error: unknown, asJson = false): { code: number; lines: string[]; out: string } {
  const { terminal, written } = recordedTerminal({ now: 0 });
  const code = reportFailure(error, { terminal, asJson });
  return { code, lines: written.err.trimEnd().split('\n'), out: written.out };
}

it('says what happened, what is wrong where, and what to do next, and ends with the code of the kind', () => {
  const problems = [{ path: 'job.schedule.expr', code: 'invalid_cron', message: 'Five fields are needed.' }];
  expect(reported(new AppError('validation_failed', { subject: 'job', problems: 1 }, { problems }))).toEqual({
    code: 5,
    lines: [
      'error: The job has one problem.',
      '  job.schedule.expr: Five fields are needed.',
      'next:  Mend the listed fields and send it again; nothing was changed.',
    ],
    out: '',
  });
});

it('a refusal about one field is not said twice', () => {
  const data = { agent: 'eco' };
  const { message } = new AppError('agent_unknown', data);
  const problems = [{ path: 'job.agent_name', code: 'unknown_value', message }];
  const { lines } = reported(new AppError('agent_unknown', data, { problems }));
  expect(lines).toEqual([`error: ${message}`, expect.stringMatching(/^next: {2}Define it/)]);
});

const refusal = (fields: { code: string; status: number }): ApiError =>
  new ApiError({ title: 't', detail: 'No.', hint: 'Ask again.', ...fields });

it('a refusal of the daemon ends as its code says, an unknown code as its status says', () => {
  const check = (code: string, status: number, exit: number): void =>
    expect(reported(refusal({ code, status })).code).toBe(exit);
  check('job_not_found', 404, 3);
  check('fire_limit_reached', 409, 8);
  check('daemon_unreachable', 503, 7);
  check('invented_tomorrow', 404, 3);
  check('invented_tomorrow', 403, 6);
  check('invented_tomorrow', 412, 4);
  check('invented_tomorrow', 429, 8);
  check('invented_tomorrow', 422, 5);
  check('invented_tomorrow', 500, 1);
  check('toString', 404, 3);
});

it('a wrong command line ends with 2, help with 0', () => {
  expect(reported(new UsageError('Nothing was named.', 'Name it.'))).toMatchObject({ code: 2 });
  expect(reported(new CommanderError(1, 'commander.unknownOption', 'x')).code).toBe(2);
  expect(reported(new CommanderError(0, 'commander.helpDisplayed', 'x')).code).toBe(0);
});

it('programs that asked for JSON get the failure as JSON, on the stream of errors', () => {
  const { code, lines, out } = reported(refusal({ code: 'job_not_found', status: 404 }), true);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(JSON.parse(lines.join('\n'))).toEqual({
    error: { code: 'job_not_found', detail: 'No.', hint: 'Ask again.', problems: [], exit_code: 3 },
  });
});

it('text from elsewhere cannot steer the terminal', () => {
  const error = new ApiError({ status: 404, code: 'x', title: 't', detail: '\u001b[2JNo.', hint: '' });
  expect(reported(error).lines).toEqual(['error: No.']);
});

it('what nobody foresaw shows where it happened and asks for a report', () => {
  const { code, lines } = reported(new TypeError('boom'));
  expect(code).toBe(1);
  expect(lines[0]).toBe('error: TypeError: boom');
  expect(lines.at(-1)).toMatch(/report it/);
});
