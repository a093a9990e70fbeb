/**
 * The text of a condition with a meter in every loop: `list.all(x, P)` becomes `list.all(x, spend(n) ? P : false)`, n
 * being how often P looks through a list or a text. Everything is put in parentheses, so that no rule of precedence has
 * to be known here.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { SPEND } from './cel-environment.ts';

/** The calls whose further arguments are evaluated once per element. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Not available: it hands a pattern to a regular expression engine that backtracks. */
const FORBIDDEN = 'matches';

export function findForbiddenCall(node: ASTNode): ASTNode | undefined {
  if ((node.op === 'rcall' || node.op === 'call') && node.args[0] === FORBIDDEN) return node;
  for (const child of childrenOf(node)) {
    const found = findForbiddenCall(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function meteredText(root: ASTNode): string {
  return metered(root);
}

function metered(body: ASTNode): string {
  return `(${SPEND}(${scansOf(body)}) ? dyn(${print(body)}) : dyn(false))`;
}

function print(node: ASTNode): string {
  switch (node.op) {
    // As it was written: literals need no second spelling.
    case 'value':
      return `(${node.input.slice(node.start, node.end)})`;
    case 'id':
      return node.args;
    case '.':
      return `${print(node.args[0])}.${node.args[1]}`;
    case '[]':
      return `${print(node.args[0])}[${print(node.args[1])}]`;
    case 'call':
      return `${node.args[0]}(${node.args[1].map(print).join(', ')})`;
    case 'rcall':
      return printMethod(node.args);
    case 'list':
      return `[${node.args.map(print).join(', ')}]`;
    case 'map':
      return `{${node.args.map(([key, value]) => `${print(key)}: ${print(value)}`).join(', ')}}`;
    case '?:':
      return `(${print(node.args[0])} ? ${print(node.args[1])} : ${print(node.args[2])})`;
    case '!_':
    case '-_':
      return `(${node.op[0]}${print(node.args)})`;
    // They need an option of the environment that conditions do not have.
    case '.?':
    case '[?]':
      throw new Error('optional access is not available');
    default:
      return `(${print(node.args[0])} ${node.op} ${print(node.args[1])})`;
  }
}

function printMethod([name, receiver, args]: [string, ASTNode, ASTNode[]]): string {
  const [variable, ...bodies] = args;
  const printed =
    LOOPS.has(name) && variable !== undefined
      ? [print(variable), ...bodies.map(metered)]
      : args.map((argument) => print(argument));
  return `${print(receiver)}.${name}(${printed.join(', ')})`;
}

/** How often one evaluation looks through something as long as a list or a text; loops inside are metered themselves. */
function scansOf(node: ASTNode): number {
  if (node.op === 'rcall' && LOOPS.has(node.args[0])) return scansOf(node.args[1]);
  const own = node.op === 'in' || node.op === '+' || node.op === 'call' || node.op === 'rcall' ? 1 : 0;
  return childrenOf(node).reduce((sum, child) => sum + scansOf(child), own + comparisonScans(node));
}

/** Comparing with a literal looks at one value; comparing two values of the payload may compare two lists. */
function comparisonScans(node: ASTNode): number {
  if (node.op !== '==' && node.op !== '!=') return 0;
  return node.args.some((side) => side.op === 'value') ? 0 : 1;
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}
