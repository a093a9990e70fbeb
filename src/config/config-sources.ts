/**
 * Which files make up the configuration of a home, read: `rouse.toml` first, then `conf.d/*.toml` by name.
 * A file that cannot be read now counts with what it said before, if anybody remembers.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { digestGuests, type Guest } from './guest-files.ts';
import { digestOf, readSourceFile } from './source-file.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { SourceFile } from './source-file.ts';

export const MAIN_FILE = 'rouse.toml';
export const EXTRA_FOLDER = 'conf.d';
/** More than anybody splits a configuration into. */
const EXTRA_FILES_MAX = 256;

export interface ConfigSources {
  /** In effect, in order; a broken file is here as it was before. */
  files: SourceFile[];
  /** Paths of all files that are there. */
  found: string[];
  unreadable: string[];
  /** Broken files that count with their former content: problems inside that were told when it was read. */
  stale: ReadonlySet<string>;
  /** A file is broken, and nobody knows what it said before. */
  incomplete: boolean;
  fingerprint: string;
  problems: ConfigProblem[];
  notes: ConfigProblem[];
}

export async function readSources(p: {
  home: string;
  files: ConfigFiles;
  previous: ConfigSources | undefined;
}): Promise<ConfigSources> {
  const { paths, problems, incomplete } = await listConfigFiles(p);
  const sources: ConfigSources = {
    files: [],
    found: [],
    unreadable: [],
    stale: new Set(),
    incomplete,
    fingerprint: '',
    problems,
    notes: [],
  };
  const hash = createHash('sha256');
  const stale = new Set<string>();
  for (const file of paths) {
    const reading = await readSourceFile({ file, files: p.files });
    hash.update(`${file}\0${reading.digest}\0`);
    if (reading.outcome === 'missing') {
      if (file === paths[0]) sources.notes.push(missingNote(file));
      continue;
    }
    sources.found.push(file);
    if (reading.outcome === 'read') {
      sources.files.push(reading.source);
      continue;
    }
    sources.problems.push(reading.problem);
    sources.unreadable.push(file);
    const before = p.previous?.files.find((source) => source.file === file);
    if (before === undefined) sources.incomplete = true;
    else {
      sources.files.push(before);
      stale.add(file);
    }
  }
  return { ...sources, stale, fingerprint: hash.digest('hex') };
}

/** Of the owner's files and of those of guests, as one. */
export function fingerprintOf(own: string, guests: string): string {
  return `${own} ${guests}`;
}

/** The same value as `LoadedConfig.fingerprint` of the same files, without parsing them. */
export async function fingerprintConfig(p: {
  home: string;
  files: ConfigFiles;
  guests?: readonly Guest[];
}): Promise<string> {
  const { paths } = await listConfigFiles(p);
  const hash = createHash('sha256');
  for (const file of paths) hash.update(`${file}\0${digestOf(await p.files.read(file))}\0`);
  const guests = await digestGuests({ guests: p.guests ?? [], files: p.files });
  return fingerprintOf(hash.digest('hex'), guests);
}

/** Whether the main file is missing or blank: what it defined before would all be deleted. */
export async function isMainFileEmpty(p: { home: string; files: ConfigFiles }): Promise<boolean> {
  const reading = await p.files.read(join(p.home, MAIN_FILE));
  if (reading.outcome === 'missing') return true;
  return reading.outcome === 'read' && new TextDecoder().decode(reading.bytes).trim() === '';
}

async function listConfigFiles(p: {
  home: string;
  files: ConfigFiles;
}): Promise<{ paths: string[]; problems: ConfigProblem[]; incomplete: boolean }> {
  const folder = join(p.home, EXTRA_FOLDER);
  const main = join(p.home, MAIN_FILE);
  const listing = await p.files.list(folder);
  if (listing.outcome === 'missing') return { paths: [main], problems: [], incomplete: false };
  if (listing.outcome === 'unreadable') {
    const message = `The folder cannot be listed (${listing.detail}); let the user who runs Rouse read it, or remove it.`;
    return {
      paths: [main],
      problems: [{ file: folder, path: '', code: 'file_unreadable', message }],
      incomplete: true,
    };
  }
  // Hidden files are what editors leave behind. Compared by code unit: the order must not depend on a locale.
  const names = listing.names.filter((name) => name.endsWith('.toml') && !name.startsWith('.')).toSorted();
  const paths = [main, ...names.slice(0, EXTRA_FILES_MAX).map((name) => join(folder, name))];
  if (names.length <= EXTRA_FILES_MAX) return { paths, problems: [], incomplete: false };
  const message = `There are ${names.length} files, the limit is ${EXTRA_FILES_MAX}; those from ${names[EXTRA_FILES_MAX]} on are not read.`;
  return { paths, problems: [{ file: folder, path: '', code: 'too_many_files', message }], incomplete: true };
}

function missingNote(file: string): ConfigProblem {
  const message = 'There is no such file, so the defaults are in effect; `rouse init` writes one to start from.';
  return { file, path: '', code: 'required', message };
}
