/**
 * The files of the web page, read once from the package into memory: a build that replaces them on disk then leaves the
 * page of a running daemon whole, and what is not in the list cannot be asked for.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { PageFile, PageFiles } from '../api/page-reply.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Below this, headers weigh more than what is saved. */
const GZIP_BYTES_MIN = 1_024;

/** Where the build puts the page: `dist/web` of the nearest package above this file. */
export function pageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json')) && folder !== path.dirname(folder))
    folder = path.dirname(folder);
  return path.join(folder, 'dist/web');
}

/** Reads with the first request; a folder that is not there has no files, and is looked for again. */
export function openPageFolder(folder: string): PageFiles {
  let files: ReadonlyMap<string, PageFile> | undefined;
  return {
    find: (name) => {
      if (files === undefined || files.size === 0) files = readFiles(folder);
      return files.get(name);
    },
  };
}

function readFiles(folder: string): Map<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [`/${path.relative(folder, file).split(path.sep).join('/')}`, readFile(file)];
    }),
  );
}

function readFile(file: string): PageFile {
  const body = new Uint8Array(readFileSync(file));
  const packed = body.length < GZIP_BYTES_MIN ? undefined : new Uint8Array(gzipSync(body));
  return {
    body,
    type: TYPES[path.extname(file)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    ...(packed === undefined || packed.length > body.length * 0.9 ? {} : { gzip: packed }),
  };
}
