// A bounded share of the fuzzing of the API against its own document; `npm run fuzz` goes on for as long as you like.
import fc from 'fast-check';
import { it } from 'vitest';
import { fuzzRequests, playRequests } from './api-fuzz.ts';

/** About 900 requests: the first mistakes were each found within the first fifty sequences. */
const SEQUENCES = 60;

it('no request that our document suggests, right or nearly right, is answered with what it does not describe', async () => {
  await fc.assert(fc.asyncProperty(fuzzRequests, playRequests), { numRuns: SEQUENCES, endOnFailure: false });
}, 120_000);
