/** Signing a page in and out, saying who asks, and handing out tokens. */
import type { Principal } from '../../access/principal.ts';
import type { ListedCredential } from '../../access/token-desk.ts';
import { isAccessScope } from '../../model/access-scope.ts';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ownSession, token } from '../contract/access.ts';
import { validationFailed } from '../contract-check.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';
import { readSpan } from '../query.ts';
import { endedPageCookie, pageCookie } from '../page-cookie.ts';
import { SIGN_IN_PATH } from '../sign-in-page.ts';
import { toWire } from '../wire.ts';

type AccessHandlers = Handlers<
  | 'readOwnSession'
  | 'createSignInLink'
  | 'signIn'
  | 'signOut'
  | 'listTokens'
  | 'createToken'
  | 'rotateToken'
  | 'revokeToken'
>;

export function accessRoutes(deps: ApiDeps): AccessHandlers {
  const { access, tokens } = deps;
  return {
    async readOwnSession({ principal }) {
      return { body: { session: sessionView(principal) } };
    },

    async createSignInLink({ body, actor }) {
      const { code, expires_at } = await access.createLink({ scopes: body?.scopes ?? ['admin'], actor });
      const { url } = deps.status();
      return { body: { link: toWire({ url: `${url}${SIGN_IN_PATH}#${code}`, expires_at }) } };
    },

    async signIn({ body, host, headers }) {
      const signedIn = await access.signIn(body.code);
      if (signedIn === undefined) throw new AppError('sign_in_link_invalid', {});
      const { secret, principal, maxAgeMs } = signedIn;
      // Behind a proxy with TLS the daemon itself speaks plain HTTP; the browser says what it speaks.
      const secure = headers.get('origin')?.startsWith('https:') === true;
      const cookie = pageCookie({ host, secret, maxAgeMs, secure });
      return { body: { session: sessionView(principal) }, headers: { 'set-cookie': cookie } };
    },

    async signOut({ principal, host }) {
      if (principal.kind !== 'page') throw new AppError('not_a_page', { kind: principal.kind });
      await access.signOut(principal);
      return { body: undefined, headers: { 'set-cookie': endedPageCookie(host) } };
    },

    async listTokens({ query }) {
      const page = pageOf(await tokens.list(), { query, keyOf: ({ kind, name, id }) => `${kind} ${name} ${id}` });
      const { items, ...more } = page;
      return { body: { tokens: items.map(tokenView), ...more } };
    },

    async createToken({ body, actor }) {
      const { name, scopes, expires_in } = body;
      const issued = await tokens.create({
        name,
        scopes: scopes.filter(isAccessScope),
        livesMs: expires_in === undefined ? null : readLife(expires_in),
        actor,
      });
      return { body: { token: tokenView(issued.token), secret: issued.secret } };
    },

    async rotateToken({ params, body }) {
      const livesMs = body?.expires_in === undefined ? undefined : readLife(body.expires_in);
      const issued = await tokens.rotate({ id: params.id, livesMs });
      return { body: { token: tokenView(issued.token), secret: issued.secret } };
    },

    async revokeToken({ params }) {
      await tokens.revoke({ id: params.id });
      return { body: undefined };
    },
  };
}

/** Longer than anybody plans ahead; a life without end is one without `expires_in`. */
const LIFE_MS_MAX = 10 * 366 * 86_400_000;

function readLife(text: string): number {
  const lifeMs = readSpan(text, { path: 'body.expires_in', max: LIFE_MS_MAX });
  if (lifeMs > 0) return lifeMs;
  const message = 'This must be longer than nothing.';
  throw validationFailed('token', [{ path: 'body.expires_in', code: 'not_positive', message, value: text }]);
}

function tokenView(listed: ListedCredential): z.output<typeof token> {
  const { idle_ms: _idle, kind, scopes, ...credential } = listed;
  invariant(kind !== 'link', 'a sign-in link was listed as a token');
  return { kind, scopes: [...scopes], ...toWire(credential) };
}

function sessionView(principal: Principal): z.output<typeof ownSession> {
  const { kind, scopes, ...rest } = principal;
  invariant(kind !== 'nobody', 'nobody was let in');
  return { kind, scopes: [...scopes], ...toWire(rest) };
}
