/**
 * Steps that the port has and this adapter does not have yet. Whoever calls one is told so, by name; nobody gets an
 * answer that is not true. With nothing missing this does nothing.
 */
import { AppError } from '../../errors/app-error.ts';
import type { Store } from '../store.ts';

export function refuseMissingSteps(steps: Pick<Store, 'capabilities' | 'close'> & Partial<Store>): Store {
  return new Proxy(steps as Store, {
    get(target, name) {
      const known: unknown = Reflect.get(target, name);
      // `then`: a store that is returned from an async function must not look like a promise.
      if (known !== undefined || typeof name !== 'string' || name === 'then') return known;
      return () => Promise.reject(missing(name));
    },
  });
}

function missing(step: string): AppError {
  const reason = `this version of Rouse cannot do "${step}" on PostgreSQL yet`;
  return new AppError('store_unavailable', { outcome: 'unchanged', reason });
}
