/**
 * One source file as the rules of the repository see it: what it imports, what it calls, what stands in its comments.
 * Read from the syntax tree, so that a banned word in a text or a comment is no violation and an odd layout is no
 * escape. Knows nothing of the rules themselves.
 */
import { parseSync } from 'oxc-parser';

export interface ImportFact {
  /** As written: `./duration.ts`, `node:fs`, `zod`. */
  specifier: string;
  /** Nothing of it remains at run time. */
  typeOnly: boolean;
  /** The imported names; empty for a whole module or a side effect. */
  names: string[];
  /** `export … from`. */
  reExport: boolean;
  line: number;
}

export interface UseFact {
  /** `Date.now()`, `new Date()`, `setTimeout()`, `process.env`, `it.only()`: dotted, with `()` where it is called. */
  text: string;
  argumentCount: number;
  line: number;
}

export interface CommentFact {
  text: string;
  line: number;
  /** Nothing but white space and a shebang stands before it. */
  first: boolean;
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  path: string;
  imports: ImportFact[];
  uses: UseFact[];
  comments: CommentFact[];
  /** Lines with a type assertion to `any`. */
  anyAssertions: number[];
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** Calls `visit` for every node of the tree, parents first. */
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit);
    } else if (isNode(value)) walk(value, visit);
  }
}

/** `a.b.c` for a chain of plain names, `globalThis.` left away; undefined for anything computed. */
function dottedName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node['name']);
  if (node.type === 'ChainExpression') return dottedName(node['expression']);
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const object = dottedName(node['object']);
  const property = dottedName(node['property']);
  if (object === undefined || property === undefined) return undefined;
  return object === 'globalThis' ? property : `${object}.${property}`;
}

const literalOf = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : undefined;

const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

function importOf(node: Node, line: number): ImportFact | undefined {
  const specifier = literalOf(node['source']);
  switch (node.type) {
    case 'ImportDeclaration': {
      const parts = nodesOf(node['specifiers']);
      const typeOnly =
        node['importKind'] === 'type' || (parts.length > 0 && parts.every((part) => part['importKind'] === 'type'));
      const names = parts.flatMap((part) => dottedName(part['imported']) ?? []);
      return specifier === undefined ? undefined : { specifier, typeOnly, names, reExport: false, line };
    }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const names = nodesOf(node['specifiers']).flatMap((part) => dottedName(part['local']) ?? []);
      const typeOnly = node['exportKind'] === 'type';
      return specifier === undefined ? undefined : { specifier, typeOnly, names, reExport: true, line };
    }
    case 'ImportExpression':
      // A computed specifier cannot be judged; it shows up as one that no rule allows.
      return { specifier: specifier ?? '(computed)', typeOnly: false, names: [], reExport: false, line };
    case 'TSImportType':
      return specifier === undefined ? undefined : { specifier, typeOnly: true, names: [], reExport: false, line };
    default:
      return undefined;
  }
}

function usesOf(node: Node, line: number): UseFact[] {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const name = dottedName(node['callee']);
    if (name === undefined) return [];
    const text = `${node.type === 'NewExpression' ? 'new ' : ''}${name}()`;
    return [{ text, argumentCount: nodesOf(node['arguments']).length, line }];
  }
  const name = node.type === 'MemberExpression' ? dottedName(node) : undefined;
  return name === undefined ? [] : [{ text: name, argumentCount: 0, line }];
}

/** Throws when the text is no TypeScript: then the type check says it better. */
export function readSource(path: string, text: string): SourceFile {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);

  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const lineOf = (offset: number): number => lineStarts.findLastIndex((start) => start <= offset) + 1;

  const source: SourceFile = { path, imports: [], uses: [], comments: [], anyAssertions: [] };
  walk(program as unknown as Node, (node) => {
    const line = lineOf(node.start);
    const imported = importOf(node, line);
    if (imported !== undefined) source.imports.push(imported);
    source.uses.push(...usesOf(node, line));
    const target =
      node.type === 'TSAsExpression' || node.type === 'TSTypeAssertion' ? node['typeAnnotation'] : undefined;
    if (isNode(target) && target.type === 'TSAnyKeyword') source.anyAssertions.push(line);
  });
  for (const comment of comments) {
    const before = text.slice(0, comment.start).replace(/^#!.*/, '');
    source.comments.push({ text: comment.value, line: lineOf(comment.start), first: before.trim() === '' });
  }
  return source;
}
