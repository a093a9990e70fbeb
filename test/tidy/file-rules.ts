/** Rules about files as such: what they are called, and that each says first what it owns. */
import { basename } from 'node:path';
import type { SourceFile } from './source-file.ts';
import type { Violation } from './violation.ts';

const emptyWords = ['manager', 'helper', 'helpers', 'util', 'utils', 'common', 'base', 'misc'];

export function checkFileName(path: string): Violation[] {
  const name = basename(path).replace(/\.(test\.)?[a-z]+$/, '');
  const violation = (message: string): Violation[] => [{ path, line: 1, message }];
  if (name === 'types') return violation('a type lives in the file of the thing it describes; there is no types.ts');
  const word = name.split(/[-.]/).find((part) => emptyWords.includes(part));
  if (word !== undefined) return violation(`"${word}" says nothing: name the file by the noun inside it`);
  if (!/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)) return violation('file names are kebab-case');
  return [];
}

/** A title of fewer letters cannot say what a file owns. */
const openingLengthMin = 20;

/** Every source file that is no test opens with what it owns and what it leaves to whom. */
export function checkOpening(source: SourceFile): Violation[] {
  if (/\.test\.tsx?$/.test(source.path)) return [];
  const opening = source.comments.find(({ first }) => first);
  const text = opening?.text.replace(/^[\s*]+|[\s*]+$/g, '') ?? '';
  if (text.length >= openingLengthMin) return [];
  return [
    { path: source.path, line: 1, message: 'opens without a sentence on what it owns: write one above the imports' },
  ];
}

/** The folders whose state or concurrency needs an explanation that no single file can give. */
const foldersWithDesign: Readonly<Record<string, string>> = {
  'src/engine': 'ticks, claims, retries and recovery: what happens when each step dies',
  'src/store': 'the durable state, its marks and its transactions',
  'src/agents': 'processes that outlive us, and the proof that they are gone',
  'src/hooks': 'gates that hold a run, and notifications that are owed after a crash',
};

/** Paths of `src/…/DESIGN.md` that are missing among `paths`. */
export function checkDesigns(paths: readonly string[]): Violation[] {
  return Object.entries(foldersWithDesign)
    .filter(([folder]) => !paths.includes(`${folder}/DESIGN.md`))
    .map(([folder, reason]) => ({ path: `${folder}/DESIGN.md`, line: 1, message: `is missing: ${reason}` }));
}
