/** Between what stands in the fields of a form, which is text, and what travels: an empty text means "not said". */

export const typed = (value: string | number | boolean | undefined): string =>
  value === undefined ? '' : String(value);

/** What was typed, where something was. */
export function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined),
  ) as Partial<T>;
}

/** A number where it reads as one; else the text itself, which the daemon refuses with better words than ours. */
export function number(text: string): number | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isNaN(value) ? (text as unknown as number) : value;
}

/** Undefined where nothing of it was said. */
export function whole<T extends object>(fields: T): T | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** What stands between commas; undefined for nothing at all. */
export function listed(text: string): string[] | undefined {
  const items = text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
  return items.length === 0 ? undefined : items;
}
