/** What travels over the routes of packages; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { packageInput, packagePage, packageView } from './package.ts';
import { pageQuery } from './wire-text.ts';

export const packageOperations = {
  listPackages: operation({
    tag: 'packages',
    summary: 'List the packages',
    access: 'token',
    query: pageQuery,
    reply: { status: 200, description: 'By name.', schema: packagePage },
    errors: ['invalid_cursor'],
  }),
  addPackage: operation({
    tag: 'packages',
    summary: 'Add a package: a folder, or a name in the npm registry',
    description:
      'What comes from npm is fetched into an owner-only folder of the home, without running any script. The definitions take effect at once; one that is wrong is told in `/config/problems` and disturbs no other. A package that is there already is replaced.',
    access: 'token',
    body: { schema: packageInput, judge: 'contract' },
    reply: { status: 201, description: 'The package.', schema: z.strictObject({ package: packageView }) },
    errors: ['package_invalid', 'package_install_failed'],
  }),
  removePackage: operation({
    tag: 'packages',
    summary: 'Remove a package, and what it defined',
    description: 'The name, with its slash percent-encoded. What runs goes on, history stays, a folder is left alone.',
    access: 'token',
    reply: { status: 204, description: 'It is gone.' },
    errors: ['package_not_found'],
  }),
};
