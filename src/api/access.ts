/**
 * How the daemon may be called: by which name (DNS rebinding), and from which page. A web page that lured a browser to
 * a name of its own pointing at this machine is refused by the first check, a page that calls the right name from
 * elsewhere by the second. With which credential is for authentication.ts.
 */
import { AppError } from '../errors/app-error.ts';

interface Authority {
  name: string;
  /** Empty when none is written. */
  port: string;
}

/** `name`, `name:port`, `[v6]:port`; undefined for anything else. Names are compared in lower case. */
function authorityOf(text: string): Authority | undefined {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/.exec(text.toLowerCase());
  return match === null ? undefined : { name: match[1] as string, port: match[2] ?? '' };
}

/** Loopback under any port: nobody else can own these names, and ports are often forwarded. */
function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function isAllowed(authority: Authority, allowedHosts: readonly string[]): boolean {
  if (isLoopback(authority.name)) return true;
  return allowedHosts.some((host) => {
    const allowed = authorityOf(host);
    return allowed?.name === authority.name && (allowed.port === '' || allowed.port === authority.port);
  });
}

/**
 * The names under which a daemon that listens on `host` may always be called: the address itself, which no other site can
 * bring a browser to by a name of its own. Listening everywhere names nothing.
 */
export function namesOfAddress(host: string): string[] {
  if (/^(?:0\.0\.0\.0|::|)$/.test(host)) return [];
  return [host.includes(':') ? `[${host}]` : host];
}

/** `allowedHosts`: further names, `name` for every port or `name:port`. Throws `host_not_allowed`. */
export function checkHost(host: string, allowedHosts: readonly string[]): void {
  const authority = authorityOf(host);
  if (authority === undefined || !isAllowed(authority, allowedHosts)) {
    throw new AppError('host_not_allowed', { header: 'Host', value: shown(host) });
  }
}

/**
 * A browser names the page's origin; it must be this daemon itself under the name it was called by, or an allowed one.
 * A page of another port of this machine is somebody else's program. Throws `host_not_allowed`.
 */
export function checkOrigin(origin: string | null, p: { host: string; allowedHosts: readonly string[] }): void {
  if (origin === null) return;
  const authority = /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1];
  if (authority !== undefined && authority === p.host.toLowerCase()) return;
  const parsed = authority === undefined ? undefined : authorityOf(authority);
  if (parsed !== undefined && !isLoopback(parsed.name) && isAllowed(parsed, p.allowedHosts)) return;
  throw new AppError('host_not_allowed', { header: 'Origin', value: shown(origin) });
}

function shown(header: string): string {
  return header.length > 100 ? `${header.slice(0, 100)}…` : header;
}
