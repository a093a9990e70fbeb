/** Packages: listed, added, removed. */
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';
import { toWire } from '../wire.ts';

export function packageRoutes(deps: ApiDeps): Handlers<'listPackages' | 'addPackage' | 'removePackage'> {
  const { packages } = deps;
  return {
    async listPackages({ query }) {
      const { items, ...more } = pageOf(await packages.list(), { query, keyOf: ({ name }) => name });
      return { body: { packages: items.map((item) => toWire(item)), ...more } };
    },

    async addPackage({ body }) {
      return { body: { package: toWire(await packages.add({ spec: body.spec })) } };
    },

    async removePackage({ params }) {
      await packages.remove({ name: params.name });
      return { body: undefined };
    },
  };
}
