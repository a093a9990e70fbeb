/**
 * Which files of a workspace are watched: patterns relative to its folder, as shells know them, `!` before one that takes
 * files away again. Pure. `*` does not match names that begin with a dot, so nobody watches `.git` by accident.
 */
import { posix } from 'node:path';

/** Nobody means these by `**`; whoever does, names them. */
const HEAVY: ReadonlySet<string> = new Set(['node_modules']);

export class WatchPatterns {
  readonly #wanted: readonly string[];
  readonly #unwanted: readonly string[];
  readonly #segments: readonly (readonly string[])[];

  constructor(patterns: readonly string[]) {
    const normal = patterns.map((pattern) => pattern.replace(/^(!?)(?:\.?\/)+/, '$1'));
    this.#wanted = normal.filter((pattern) => !pattern.startsWith('!'));
    this.#unwanted = normal.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
    this.#segments = this.#wanted.map((pattern) => pattern.split('/'));
  }

  /** `path` is relative, with forward slashes. */
  matches(path: string): boolean {
    if (!this.#wanted.some((pattern) => posix.matchesGlob(path, pattern))) return false;
    return !this.#unwanted.some((pattern) => posix.matchesGlob(path, pattern));
  }

  /** Whether anything below this folder can match; what cannot is never looked into. */
  mayContain(folder: string): boolean {
    const names = folder.split('/');
    if (this.#unwanted.some((pattern) => pattern === folder || pattern === `${folder}/**`)) return false;
    return this.#segments.some((segments) => leadsInto(segments, names));
  }
}

function leadsInto(segments: readonly string[], names: readonly string[]): boolean {
  for (const [index, name] of names.entries()) {
    const segment = segments[index];
    // Beyond the pattern's last segment lies nothing that it names.
    if (segment === undefined || index === segments.length - 1) return segment === '**';
    if (segment === '**') return !name.startsWith('.') && !isHeavy(names.slice(index), segments);
    // Alternatives may hold slashes; then the segments say too little.
    if (/[{}]/.test(segment)) return true;
    if (!posix.matchesGlob(name, segment)) return false;
  }
  return true;
}

function isHeavy(names: readonly string[], segments: readonly string[]): boolean {
  return names.some((name) => (HEAVY.has(name) || name.startsWith('.')) && !segments.includes(name));
}
