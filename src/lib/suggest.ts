/**
 * "Did you mean": the nearest of a few known names. For mistyped field names, values, commands and agents.
 *
 * Case and the choice between `-` and `_` never count as a difference. Otherwise a name is near when few letters
 * are missing, added, changed or swapped, fewer the shorter it is; or when it is one whole part of exactly one known
 * name (`agent` for `agent_name`).
 */

/** Longer input is certainly not a mistyped name; comparing it would only cost time. */
const nameLengthMax = 64;

/** So many edits still count as a slip of the fingers: one in a short word, three in a long one. */
function distanceMax(length: number): number {
  return length <= 2 ? 0 : length <= 5 ? 1 : length <= 9 ? 2 : 3;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}

/**
 * Edits between two texts (insert, delete, replace, swap of neighbours), or `max + 1` as soon as there are more.
 * Optimal string alignment: three rows, so the cost is bounded by the product of two bounded lengths.
 */
export function editDistance(p: { from: string; to: string; max: number }): number {
  const { from, to, max } = p;
  if (Math.abs(from.length - to.length) > max) return max + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] as number) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > max) return max + 1;
    beforeLast = last;
    last = current;
  }
  return Math.min(last[to.length] as number, max + 1);
}

function isWholePart(p: { part: string; of: string }): boolean {
  return `_${p.of}_`.includes(`_${p.part}_`);
}

/** The known name that was probably meant, or undefined. Ties go to the earlier one. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name.trim());
  if (wanted === '' || wanted.length > nameLengthMax) return undefined;
  let best: string | undefined;
  let bestDistance = distanceMax(wanted.length) + 1;
  for (const candidate of known) {
    const distance = editDistance({ from: wanted, to: plain(candidate), max: bestDistance - 1 });
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
    if (bestDistance === 0) return best;
  }
  if (best !== undefined) return best;
  const around = known.filter((candidate) => isWholePart({ part: wanted, of: plain(candidate) }));
  return around.length === 1 ? around[0] : undefined;
}
