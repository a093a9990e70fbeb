import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors/app-error.ts';
import { etagOf, readIfMatch } from './precondition.ts';

const present = 7;
async function asks(header: string | null): Promise<unknown> {
  return readIfMatch(header, async () => present).catch((error: unknown) => {
    if (isAppError(error)) return error.code;
    throw error;
  });
}

describe('readIfMatch', () => {
  it.each([
    [null, undefined],
    ['*', undefined],
    ['"7"', 7],
    ['"3"', 3],
    ['"3", "7"', 7],
    ['"3","4"', 3],
  ])('%j asks for revision %s', async (header, revision) => expect(await asks(header)).toBe(revision));
  it.each(['W/"7"', '"abc"', '""', '"7.0"', '"99999999999999999999"'])(
    '%s matches no revision there is',
    async (header) => expect(await asks(header)).toBe(0),
  );
  it.each(['7', '"7', '', '"7";', '"a" "b"', `"${'x'.repeat(2000)}"`])('%j is malformed', async (header) =>
    expect(await asks(header)).toBe('malformed_request'),
  );
  it('reads what the API wrote', async () => expect(await asks(etagOf(12))).toBe(12));
});
