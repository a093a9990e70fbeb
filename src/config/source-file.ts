/**
 * One configuration file, from bytes to a table of values whose places can be asked for.
 * A file is read as a whole or not at all: half of a broken file could mean anything.
 */
import { createHash } from 'node:crypto';
import { parse, TomlError } from 'smol-toml';
import { codeFrame } from './code-frame.ts';
import { FILE_BYTES_MAX } from './config-files.ts';
import { PositionMap } from './position-map.ts';
import type { ConfigFiles, FileReading } from './config-files.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { Place } from './position-map.ts';
import type { Segment } from './config-path.ts';

/** What TOML can hold, as smol-toml returns it: integers beyond 2^53 as bigint, dates as `TomlDate`, tables without prototype. */
export type TomlTable = { [key: string]: unknown };

/** Arrays and inline tables inside one another; nobody writes more than a handful, and the stack is not endless. */
const DEPTH_MAX = 64;

export interface SourceFile {
  /** Absolute. */
  readonly file: string;
  readonly table: TomlTable;
  locate(segments: readonly Segment[], p: { aim: 'key' | 'value' }): Place;
}

type SourceReading =
  | { outcome: 'read'; source: SourceFile }
  | { outcome: 'missing' }
  | { outcome: 'broken'; problem: ConfigProblem };

/** With a digest of the content, or of the trouble. */
export type DigestedReading = SourceReading & { digest: string };

export async function readSourceFile(p: { file: string; files: ConfigFiles }): Promise<DigestedReading> {
  const reading = await p.files.read(p.file);
  const digest = digestOf(reading);
  if (reading.outcome === 'missing') return { outcome: 'missing', digest };
  if (reading.outcome === 'read') return { ...parseSourceFile({ file: p.file, bytes: reading.bytes }), digest };
  return { outcome: 'broken', problem: { file: p.file, path: '', ...refusal(reading) }, digest };
}

/** What a reading says about the content: the same text, or the same trouble, has the same digest. */
export function digestOf(reading: FileReading): string {
  switch (reading.outcome) {
    case 'read':
      return createHash('sha256').update(reading.bytes).digest('hex');
    case 'unreadable':
      return `unreadable ${reading.detail}`;
    case 'too_large':
      return `too_large ${reading.bytes}`;
    default:
      return reading.outcome;
  }
}

function refusal(
  reading: Exclude<FileReading, { outcome: 'read' | 'missing' }>,
): Pick<ConfigProblem, 'code' | 'message'> {
  switch (reading.outcome) {
    case 'not_a_file':
      return { code: 'not_a_file', message: 'This is not a regular file; put a TOML file in its place.' };
    case 'too_large':
      return {
        code: 'file_too_large',
        message: `The file has ${reading.bytes} bytes, the limit is ${FILE_BYTES_MAX}; split it into several files in conf.d.`,
      };
    case 'unreadable':
      return {
        code: 'file_unreadable',
        message: `The file cannot be read (${reading.detail}); let the user who runs Rouse read it.`,
      };
  }
}

/** Pure. A byte order mark and Windows line ends are fine. */
function parseSourceFile(p: { file: string; bytes: Uint8Array }): SourceReading {
  const text = decode(p.bytes);
  if (text === undefined) return { outcome: 'broken', problem: encodingProblem(p) };
  try {
    const table: TomlTable = parse(text, { integersAsBigInt: 'asNeeded', maxDepth: DEPTH_MAX });
    return { outcome: 'read', source: sourceFile({ file: p.file, table, text }) };
  } catch (error) {
    return { outcome: 'broken', problem: syntaxProblem({ file: p.file, text, error }) };
  }
}

function sourceFile(p: { file: string; table: TomlTable; text: string }): SourceFile {
  let positions: PositionMap | undefined;
  return {
    file: p.file,
    table: p.table,
    locate: (segments, aim) => (positions ??= PositionMap.of(p.text)).locate(segments, aim),
  };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function syntaxProblem(p: { file: string; text: string; error: unknown }): ConfigProblem {
  const place: Place =
    p.error instanceof TomlError ? { line: p.error.line, column: p.error.column } : { line: 1, column: 1 };
  // The library's message carries a code frame of its own below the first line; ours is bounded in width.
  const said = p.error instanceof Error ? (p.error.message.split('\n')[0] ?? '') : String(p.error);
  const what = said.replace(/^Invalid TOML document: /, '');
  return {
    file: p.file,
    ...place,
    path: '',
    code: 'invalid_syntax',
    message: `This is not valid TOML: ${what}. Nothing of this file takes effect until it is mended.`,
    frame: codeFrame(p.text, place),
  };
}

/** Says where the first byte stands that is not UTF-8, line by line, since a decoder does not tell. */
function encodingProblem(p: { file: string; bytes: Uint8Array }): ConfigProblem {
  const [first, second] = p.bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = p.bytes.indexOf(0x0a, start);
    const part = p.bytes.subarray(start, newline === -1 ? p.bytes.length : newline);
    if (newline === -1 || decode(part) === undefined) {
      const column = new TextDecoder('utf-8').decode(part).indexOf('\ufffd') + 1;
      return {
        file: p.file,
        line,
        column: Math.max(1, column),
        path: '',
        code: 'invalid_encoding',
        message: `The file is not UTF-8 text${utf16 ? ' but UTF-16' : ''}; save it as UTF-8. Nothing of it takes effect until then.`,
      };
    }
    start = newline + 1;
    line += 1;
  }
}
