/** What travels over the routes of tokens, signed-in pages and the audit trail; composed into operations.ts. */
import { z } from 'zod';
import {
  issuedToken,
  ownSession,
  signInInput,
  signInLink,
  signInLinkInput,
  tokenInput,
  tokenPage,
  tokenRotation,
} from './access.ts';
import { changeRecordPage, changeRecordQuery } from './change-record.ts';
import { operation } from './operation.ts';
import { pageQuery } from './wire-text.ts';

export const accessOperations = {
  readOwnSession: operation({
    tag: 'access',
    summary: 'Say who asks, and what they may do',
    access: 'token',
    scopes: ['any'],
    reply: { status: 200, description: 'Whose credential it is.', schema: z.strictObject({ session: ownSession }) },
    errors: [],
  }),
  signIn: operation({
    tag: 'access',
    summary: 'Exchange a one-time code for the cookie of a page',
    description:
      'The cookie is `HttpOnly` and `SameSite=Strict`. It lasts 30 days, or until it was not used for 7, and outlives a restart of the daemon.',
    access: 'open',
    body: { schema: signInInput, judge: 'contract' },
    reply: { status: 201, description: 'Signed in.', schema: z.strictObject({ session: ownSession }) },
    errors: ['sign_in_link_invalid', 'rate_limited'],
  }),
  signOut: operation({
    tag: 'access',
    summary: 'End the cookie of this page',
    access: 'token',
    scopes: ['any'],
    reply: { status: 204, description: 'It opens nothing any more.' },
    errors: ['not_a_page'],
  }),
  createSignInLink: operation({
    tag: 'access',
    summary: 'Make a link by which a page signs in',
    description: 'It works once, for two minutes.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: signInLinkInput, optional: true, judge: 'contract' },
    reply: { status: 201, description: 'The link.', schema: z.strictObject({ link: signInLink }) },
    errors: [],
  }),
  listTokens: operation({
    tag: 'access',
    summary: 'List tokens and signed-in pages',
    access: 'token',
    scopes: ['admin'],
    query: pageQuery,
    reply: { status: 200, description: 'By kind, then by name. Secrets are nowhere in it.', schema: tokenPage },
    errors: ['invalid_cursor'],
  }),
  createToken: operation({
    tag: 'access',
    summary: 'Create a token with scopes',
    description: 'Its secret is in this reply and nowhere else.',
    access: 'token',
    body: { schema: tokenInput, judge: 'contract' },
    reply: { status: 201, description: 'The token, and its secret.', schema: issuedToken },
    errors: ['token_name_taken'],
  }),
  rotateToken: operation({
    tag: 'access',
    summary: 'Give a token a new secret',
    description: 'The old secret opens nothing from then on.',
    access: 'token',
    body: { schema: tokenRotation, optional: true, judge: 'contract' },
    reply: { status: 200, description: 'The token, and its new secret.', schema: issuedToken },
    errors: ['token_not_found', 'token_expired'],
  }),
  revokeToken: operation({
    tag: 'access',
    summary: 'Take a token back, or sign a page out',
    access: 'token',
    reply: { status: 204, description: 'It opens nothing any more.' },
    errors: ['token_not_found'],
  }),
  listChanges: operation({
    tag: 'access',
    summary: 'List who asked for which change, newest first',
    description:
      'Each change is written down before it is carried out. Tasks and events have records of their own. Kept for a year.',
    access: 'token',
    scopes: ['admin'],
    query: changeRecordQuery,
    reply: { status: 200, description: 'One page of records.', schema: changeRecordPage },
    errors: ['invalid_cursor'],
  }),
};
