/**
 * The cookie of a page that signed in. Its name carries the port, because browsers give one host's cookies to all of
 * its ports: two daemons on one machine would sign each other out. Scripts cannot read it, other sites cannot send it,
 * and it travels to the API only.
 */
import { API_BASE } from './contract/route-table.ts';

export function cookieNameOf(host: string): string {
  const port = /:(\d{1,5})$/.exec(host)?.[1];
  return port === undefined ? 'rouse_page' : `rouse_page_${port}`;
}

/** The value, or an empty text. Of several with one name the first counts: browsers send the narrowest path first. */
export function readPageCookie(header: string | null, host: string): string {
  const name = cookieNameOf(host);
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return '';
}

const ATTRIBUTES = `Path=${API_BASE}; HttpOnly; SameSite=Strict`;

export function pageCookie(p: { host: string; secret: string; maxAgeMs: number; secure: boolean }): string {
  const age = Math.floor(p.maxAgeMs / 1000);
  return `${cookieNameOf(p.host)}=${p.secret}; ${ATTRIBUTES}; Max-Age=${age}${p.secure ? '; Secure' : ''}`;
}

export function endedPageCookie(host: string): string {
  return `${cookieNameOf(host)}=; ${ATTRIBUTES}; Max-Age=0`;
}
