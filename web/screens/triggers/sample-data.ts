/** Data that a trigger looks at, to begin a trial with: its filter as it would match, and the fields of its prompt. */
import type { ApiTrigger } from '../../../src/client/client.ts';

type Data = Record<string, unknown>;

export function sampleData({ filter, prompt }: Pick<ApiTrigger, 'filter' | 'prompt'>): Data {
  const data: Data = {};
  for (const [, path = ''] of prompt.matchAll(/\.Data((?:\.\w+)+)/g)) put(data, path.slice(1).split('.'), 'sample');
  for (const [, name = ''] of prompt.matchAll(/index\s+\.Data\s+"([^"]+)"/g)) put(data, [name], 'sample');
  for (const [path, wanted] of Object.entries(filter ?? {})) {
    if (path.startsWith('data.')) put(data, path.slice('data.'.length).split('.'), wanted);
  }
  return data;
}

/** Own names only: `__proto__` in a path is a name like any other. */
function put(data: Data, [name = '', ...rest]: string[], value: string): void {
  const before = Object.hasOwn(data, name) ? data[name] : undefined;
  const inner: Data = typeof before === 'object' && before !== null ? (before as Data) : {};
  if (rest.length > 0) put(inner, rest, value);
  Object.defineProperty(data, name, {
    value: rest.length > 0 ? inner : value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
