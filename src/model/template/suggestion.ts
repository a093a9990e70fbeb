/** "Did you mean": the known name nearest to what was written. */

/** Longer names are not compared: nobody mistypes them, and the comparison is quadratic. */
const lengthMax = 64;

function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** The nearest of the known names, underscores and case aside; null when none is near. */
export function nearest(written: string, known: readonly string[]): string | null {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
  const wanted = plain(written);
  if (wanted === '' || wanted.length > lengthMax) return null;
  let best: string | null = null;
  let bestDistance = Math.floor(wanted.length / 3) + 1;
  for (const name of known) {
    const candidate = plain(name);
    if (Math.abs(candidate.length - wanted.length) > bestDistance || candidate.length > lengthMax) continue;
    const steps = distance(wanted, candidate);
    if (steps < bestDistance) {
      best = name;
      bestDistance = steps;
    }
  }
  return best;
}
