/** Errors about who may: tokens, signed-in pages, hosts. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, denied } = EXIT_CODES;

export const accessErrors = {
  unauthorized: entry({
    title: 'Not signed in',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Send `Authorization: Bearer` with the token from the file `token` in the home directory.',
    message: () => 'The request carries no valid token.',
  }),
  forbidden: entry<{ needed: string; event?: string }>({
    title: 'Not allowed',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Use a token whose scopes include this.',
    message: ({ needed, event }) =>
      `The token is valid but lacks the scope ${needed}${event === undefined ? '' : ` that the event "${event}" needs`}.`,
  }),
  persons_only: entry<{ run_id: string }>({
    title: 'Not for the agent of a run',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'A person answers this, with `rouse runs` or on the page.',
    message: ({ run_id }) => `The request carries the token of the run ${run_id}, and no agent may decide this.`,
  }),
  cross_site_request: entry<{ site: string }>({
    title: 'Request of another page',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Use the page that Rouse itself serves; a program of its own sends a bearer token instead of the cookie.',
    message: ({ site }) =>
      `The request carries a page's cookie, but the browser says it comes from another page (Sec-Fetch-Site: ${site}).`,
  }),
  sign_in_link_invalid: entry({
    title: 'Sign-in link not valid',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Get a new one with `rouse open`.',
    message: () => 'This sign-in link was used already, is older than two minutes, or never existed.',
  }),
  not_a_page: entry<{ kind: string }>({
    title: 'Not signed in as a page',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Only a page that signed in by a link can sign out.',
    message: ({ kind }) => `The request comes with a credential of kind ${kind}, which has no sign-in to end.`,
  }),
  host_not_allowed: entry<{ header: 'Host' | 'Origin'; value: string }>({
    title: 'Host not allowed',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Open Rouse by the address it printed at start; this check keeps web pages from reaching it by another name.',
    message: ({ header, value }) => `The ${header} header names "${value}", which is not this daemon.`,
  }),
  token_not_found: entry<{ id: string }>({
    title: 'Token not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the tokens with `rouse tokens list`.',
    message: ({ id }) => `There is no token ${id}; a revoked one is gone.`,
  }),
  token_name_taken: entry<{ name: string }>({
    title: 'Token name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or give the existing token a new secret with `rouse tokens rotate`.',
    message: ({ name }) => `A token named "${name}" exists already.`,
  }),
  token_expired: entry<{ id: string }>({
    title: 'Token expired',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Say with `expires_in` how long it is to live from now on.',
    message: ({ id }) => `The life of the token ${id} is over, so a new secret would open nothing.`,
  }),
} as const;
