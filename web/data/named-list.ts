/** A list that is kept by name. Pure. */

/** In its place by name, which may be another one than before. */
export function putIn<T extends { id: string; name: string }>(list: readonly T[], changed: T): T[] {
  const at = list.findIndex(({ id }) => id === changed.id);
  if (at >= 0 && list[at]?.name === changed.name) return list.with(at, changed);
  const others = list.filter(({ id }) => id !== changed.id);
  const place = others.findIndex(({ name }) => name > changed.name);
  return others.toSpliced(place < 0 ? others.length : place, 0, changed);
}
