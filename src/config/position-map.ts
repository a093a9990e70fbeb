/**
 * Line and column of every key and value of a TOML text, found by path.
 *
 * The values come from another parser (smol-toml), which is several times faster and whose errors read better, but which
 * forgets where things stood. This map is built only when somebody asks for a place: a file without problems never pays.
 */
import { parseTOML } from 'toml-eslint-parser';
import type { AST } from 'toml-eslint-parser';
import type { Segment } from './config-path.ts';

/** Both from 1. */
export interface Place {
  line: number;
  column: number;
}

interface PositionNode {
  key: Place;
  value: Place;
  children: Map<Segment, PositionNode>;
}

const TOP: Place = { line: 1, column: 1 };

export class PositionMap {
  readonly #root: PositionNode;

  private constructor(root: PositionNode) {
    this.#root = root;
  }

  /** Never throws: a text that this parser refuses although the other accepted it maps every path to the top. */
  static of(text: string): PositionMap {
    const root: PositionNode = { key: TOP, value: TOP, children: new Map() };
    try {
      addProgram(root, parseTOML(text, { tomlVersion: 'next' }));
    } catch {
      // Places are a service to the reader; the problem itself must still be told.
    }
    return new PositionMap(root);
  }

  /** The place of a path, or of its nearest ancestor that stands in the text (for what is missing). */
  locate(segments: readonly Segment[], p: { aim: 'key' | 'value' }): Place {
    let node = this.#root;
    let depth = 0;
    for (const segment of segments) {
      const child = node.children.get(segment);
      if (!child) break;
      node = child;
      depth += 1;
    }
    return depth === segments.length && p.aim === 'value' ? node.value : node.key;
  }
}

function addProgram(root: PositionNode, program: AST.TOMLProgram): void {
  for (const part of program.body[0].body) {
    if (part.type === 'TOMLKeyValue') addKeyValue(root, part);
    else addTable(root, part);
  }
}

function addTable(root: PositionNode, table: AST.TOMLTable): void {
  const node = descend(root, table.resolvedKey, placeOf(table));
  for (const keyValue of table.body) addKeyValue(node, keyValue);
}

function addKeyValue(parent: PositionNode, keyValue: AST.TOMLKeyValue): void {
  const names = keyValue.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
  const node = descend(parent, names, placeOf(keyValue.key));
  node.value = placeOf(keyValue.value);
  addContent(node, keyValue.value);
}

function addContent(node: PositionNode, content: AST.TOMLContentNode): void {
  if (content.type === 'TOMLInlineTable') {
    for (const keyValue of content.body) addKeyValue(node, keyValue);
  } else if (content.type === 'TOMLArray') {
    for (const [index, element] of content.elements.entries()) {
      addContent(descend(node, [index], placeOf(element)), element);
    }
  }
}

function descend(from: PositionNode, segments: readonly Segment[], place: Place): PositionNode {
  let node = from;
  for (const segment of segments) {
    let child = node.children.get(segment);
    if (!child) {
      child = { key: place, value: place, children: new Map() };
      node.children.set(segment, child);
    }
    node = child;
  }
  return node;
}

function placeOf(node: AST.TOMLNode): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
