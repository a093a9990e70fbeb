/**
 * Who sends a request: by the bearer token it carries, or by the cookie of a page. A cookie is sent by the browser
 * whoever asks it to, so it counts only where the browser also says that the page is this daemon's own.
 */
import type { AccessDesk } from '../access/access-desk.ts';
import { NOBODY, type Principal } from '../access/principal.ts';
import { AppError } from '../errors/app-error.ts';
import { readPageCookie } from './page-cookie.ts';

/** Longer than any secret of ours; nothing longer is even hashed. */
const SECRET_LENGTH_MAX = 512;

export async function authenticate(
  access: AccessDesk,
  p: { headers: Headers; method: string; host: string },
): Promise<Principal> {
  const authorization = p.headers.get('authorization');
  if (authorization !== null) {
    const secret = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1] ?? '';
    return secret === '' || secret.length > SECRET_LENGTH_MAX ? NOBODY : access.identifyBearer(secret);
  }
  const secret = readPageCookie(p.headers.get('cookie'), p.host);
  if (secret === '' || secret.length > SECRET_LENGTH_MAX) return NOBODY;
  const principal = await access.identifyPage(secret);
  if (principal.kind === 'page') checkOwnPage(p);
  return principal;
}

/**
 * Throws `cross_site_request`. Other ports of this machine are the same *site*, so `SameSite` does not keep them out;
 * the browser's own words do. A foreign `Origin` was refused before; here one of the two must be present for a change,
 * because a browser too old to send either cannot be told from an attack.
 */
function checkOwnPage(p: { headers: Headers; method: string }): void {
  const changes = p.method !== 'GET' && p.method !== 'HEAD';
  const site = p.headers.get('sec-fetch-site');
  if (site === 'same-origin') return;
  if (site === null && (!changes || p.headers.has('origin'))) return;
  // Typed into the address bar, or a bookmark.
  if (site === 'none' && !changes) return;
  throw new AppError('cross_site_request', { site: site ?? 'nothing' });
}
