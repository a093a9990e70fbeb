// The built page as files: what is served, how long it may be kept, and that nothing else can be had.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageReply } from '../../src/api/page-reply.ts';
import { openPageFolder } from '../../src/daemon/page-folder.ts';

const document = '<!doctype html><title>Rouse</title>';
const script = `console.log(${JSON.stringify('x'.repeat(5_000))})`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rouse-page-'));
  await mkdir(join(folder, 'web/assets'), { recursive: true });
  await writeFile(join(folder, 'web/index.html'), document);
  await writeFile(join(folder, 'web/assets/index-abc.js'), script);
  await writeFile(join(folder, 'secret.txt'), 'not yours');
});

afterAll(() => rm(folder, { recursive: true }));

const ask = (path: string, init: RequestInit = {}): Response | undefined =>
  pageReply(new Request(`http://127.0.0.1:7717${path}`, init), openPageFolder(join(folder, 'web')));
const browser = { headers: { accept: 'text/html,*/*' } };

describe('the page', () => {
  it('stands at the root and at every address that it resolves itself', async () => {
    for (const path of ['/', '/jobs', '/runs/run_1']) {
      const reply = ask(path, browser);
      expect(await reply?.text()).toBe(document);
      expect(reply?.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(reply?.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('allows scripts of its own and nothing of anybody else', () => {
    const policy = ask('/')?.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('is not sent again while it has not changed', () => {
    const etag = ask('/')?.headers.get('etag') ?? '';
    expect(ask('/', { headers: { 'if-none-match': etag } })?.status).toBe(304);
    expect(ask('/', { headers: { 'if-none-match': '"other"' } })?.status).toBe(200);
  });

  it('keeps files whose names carry their content for ever, and sends them compressed where that is understood', async () => {
    const packed = ask('/assets/index-abc.js', { headers: { 'accept-encoding': 'br, gzip' } });
    expect(packed?.headers.get('content-encoding')).toBe('gzip');
    expect(packed?.headers.get('cache-control')).toContain('immutable');
    expect((await packed?.arrayBuffer())?.byteLength).toBeLessThan(500);
    const plain = ask('/assets/index-abc.js');
    const digest = createHash('sha256').update((await plain?.text()) ?? '');
    expect(digest.digest('hex')).toBe(createHash('sha256').update(script).digest('hex'));
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '//etc/passwd',
    '/assets/missing.js',
  ])('has nothing at %s', (path) => {
    expect(ask(path)).toBeUndefined();
  });

  it('leaves the API, other methods and programs that want no document alone', () => {
    expect(ask('/api/nowhere', browser)).toBeUndefined();
    expect(ask('/jobs', { method: 'POST', ...browser })).toBeUndefined();
    expect(ask('/jobs', { headers: { accept: 'application/json' } })).toBeUndefined();
  });

  it('says how to build it where it is not', async () => {
    const reply = pageReply(new Request('http://127.0.0.1/', browser), openPageFolder(join(folder, 'nowhere')));
    expect(reply?.status).toBe(503);
    expect(await reply?.text()).toContain('npm run build');
  });
});
