/** Random bytes for identifiers by the thousand: asking the system once for hundreds of them costs what one costs. */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4_096;

/** Not for secrets: what was handed out stays in the pool for a while. `count` is at most {@link POOL_BYTES}. */
export function createRandomPool(): (count: number) => Uint8Array {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (count) => {
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += count;
    return pool.slice(used - count, used);
  };
}
