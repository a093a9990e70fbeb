/** Signing a page in and out, and saying who asks. */
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../errors/app-error.ts';
import { invariant } from '../../errors/invariant.ts';
import type { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ownSession } from '../contract/access.ts';
import type { Handlers } from '../endpoint.ts';
import { endedPageCookie, pageCookie } from '../page-cookie.ts';
import { SIGN_IN_PATH } from '../sign-in-page.ts';
import { toWire } from '../wire.ts';

type AccessHandlers = Handlers<'readOwnSession' | 'createSignInLink' | 'signIn' | 'signOut'>;

export function accessRoutes(deps: ApiDeps): AccessHandlers {
  const { access } = deps;
  return {
    async readOwnSession({ principal }) {
      return { body: { session: sessionView(principal) } };
    },

    async createSignInLink({ body, actor }) {
      const { code, expires_at } = await access.createLink({ scopes: body?.scopes ?? ['admin'], actor });
      const { url } = deps.status();
      return { body: { link: toWire({ url: `${url}${SIGN_IN_PATH}#${code}`, expires_at }) } };
    },

    async signIn({ body, host }) {
      const signedIn = await access.signIn(body.code);
      if (signedIn === undefined) throw new AppError('sign_in_link_invalid', {});
      const { secret, principal, maxAgeMs } = signedIn;
      const cookie = pageCookie({ host, secret, maxAgeMs, secure: deps.status().url.startsWith('https:') });
      return { body: { session: sessionView(principal) }, headers: { 'set-cookie': cookie } };
    },

    async signOut({ principal, host }) {
      if (principal.kind !== 'page') throw new AppError('not_a_page', { kind: principal.kind });
      await access.signOut(principal);
      return { body: undefined, headers: { 'set-cookie': endedPageCookie(host) } };
    },
  };
}

function sessionView(principal: Principal): z.output<typeof ownSession> {
  const { kind, scopes, ...rest } = principal;
  invariant(kind !== 'nobody', 'nobody was let in');
  return { kind, scopes: [...scopes], ...toWire(rest) };
}
