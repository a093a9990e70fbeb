/**
 * The web page as replies: the built files by their exact names, and the document for every address that the page
 * itself resolves. Where the files lie is the daemon's business; what is not in its list does not exist, so that no
 * path can lead out of it.
 */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Where compressing made it smaller. */
  readonly gzip?: Uint8Array<ArrayBuffer>;
  /** For `content-type`. */
  readonly type: string;
  /** In quotes. */
  readonly etag: string;
}

/** The built page. Paths begin with a slash; undefined for what there is not. */
export interface PageFiles {
  find(path: string): PageFile | undefined;
}

const DOCUMENT = '/index.html';
/** Names in this folder carry a hash of their content. */
const HASHED = '/assets/';

/** Everything comes from this daemon, nothing from elsewhere, and nothing is written into the document. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
};

const FOREVER = 'public, max-age=31536000, immutable';
/** May be kept, must be asked about: a newer daemon may have a newer page. */
const ASK_FIRST = 'no-cache';

/** Undefined where the request is not about the page: another method, an address of the API, a file that is none. */
export function pageReply(request: Request, files: PageFiles | undefined): Response | undefined {
  const { pathname } = new URL(request.url);
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  if (pathname === '/api' || pathname.startsWith('/api/')) return undefined;
  const file = files?.find(pathname);
  if (file !== undefined) return fileReply(request, file, pathname.startsWith(HASHED) ? FOREVER : ASK_FIRST);
  // Only who asks for a document gets one: a program with a mistyped address, or a file that is missing, is told so.
  const asksForDocument = pathname === '/' || (request.headers.get('accept') ?? '').includes('text/html');
  if (files === undefined || !asksForDocument) return undefined;
  const page = files.find(DOCUMENT);
  return page === undefined ? notBuilt() : fileReply(request, page, ASK_FIRST);
}

function fileReply(request: Request, file: PageFile, caching: string): Response {
  const headers = { ...PAGE_HEADERS, 'cache-control': caching, etag: file.etag, vary: 'accept-encoding' };
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const packed = takesGzip(request.headers) ? file.gzip : undefined;
  return new Response(packed ?? file.body, {
    headers: { ...headers, 'content-type': file.type, ...(packed === undefined ? {} : { 'content-encoding': 'gzip' }) },
  });
}

function takesGzip(headers: Headers): boolean {
  return /(?:^|[\s,])gzip(?:\s*(?:,|$))/.test(headers.get('accept-encoding') ?? '');
}

function notBuilt(): Response {
  const text =
    'The web page is not built: `npm run build` in the checkout builds it. The API and `rouse` work without it.\n';
  return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
