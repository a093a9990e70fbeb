/** Errors about packages. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, invalid, unavailable } = EXIT_CODES;

export const packageErrors = {
  package_not_found: entry<{ name: string }>({
    title: 'Package not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the packages with `rouse packages list`.',
    message: ({ name }) => `No package is called ${name}.`,
  }),
  package_invalid: entry<{ spec: string; reason: string }>({
    title: 'Not a package',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'A package is a folder with a rouse-package.toml that gives a name and a version.',
    message: ({ spec, reason }) => `"${spec}" cannot be added: ${reason}. Nothing was changed.`,
  }),
  package_install_failed: entry<{ spec: string; reason: string }>({
    title: 'Package not fetched',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Check the name and the network; `npm view <name>` says whether npm knows it.',
    message: ({ spec, reason }) => `npm could not fetch "${spec}": ${reason}. Nothing was changed.`,
  }),
} as const;
