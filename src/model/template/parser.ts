/**
 * Tokens to syntax tree, by Go's grammar. It knows which functions and variables exist, as Go's parser does;
 * what may be done with the envelope's fields is the checker's business.
 */
import { isBlank } from '../../lib/go-text.ts';
import { functionNamed, functionNames } from './functions.ts';
import { tokensOf, type Token, type TokenType } from './lexer.ts';
import { characterConstant, numberConstant, unquote } from './literal.ts';
import { suggest } from '../../lib/suggest.ts';
import type { Branch, Command, Definition, Operand, Pipeline, Statement, TemplateSet } from './syntax-tree.ts';
import { mainName } from './syntax-tree.ts';
import { TemplateMistake, quoted } from './template-problem.ts';

/** How deep blocks and parentheses may lie in one another. The parser and what it makes recurse that deep. */
const nestingMax = 200;

type Context = 'command' | 'if' | 'with' | 'range' | 'block' | 'template' | 'parenthesis';

/** The names of the variables that may be used here; Go allows each until the block that declared it ends. */
class VisibleNames {
  readonly #names: string[] = ['$'];
  readonly #counts = new Map<string, number>([['$', 1]]);

  add(name: string): void {
    this.#names.push(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  get mark(): number {
    return this.#names.length;
  }

  release(mark: number): void {
    for (const name of this.#names.splice(mark)) this.#counts.set(name, (this.#counts.get(name) ?? 1) - 1);
  }

  get known(): readonly string[] {
    return [...new Set(this.#names)];
  }
}

/** What belongs to the template that is being parsed: the prompt, or the body of a `define` or `block`. */
interface Frame {
  readonly names: VisibleNames;
  rangeDepth: number;
  depth: number;
  nesting: number;
}

function newFrame(depth: number): Frame {
  return { names: new VisibleNames(), rangeDepth: 0, depth, nesting: depth };
}

/** How a list of statements ended. */
type ListEnd = { readonly type: 'end' | 'else' | 'if' | 'with'; readonly token: Token };

function isEmptyBody(body: readonly Statement[]): boolean {
  return body.every((statement) => statement.type === 'text' && isBlank(statement.text));
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #definitions = new Map<string, Definition>();
  #at = 0;
  #frame = newFrame(0);

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): TemplateSet {
    const body: Statement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.type === 'end') break;
      if (token.type === 'open' && this.#isKeyword(this.#peekAfterSpace(1), 'define')) {
        this.#define();
        continue;
      }
      const statement = this.#statement();
      if ('token' in statement)
        this.#fail(`{{${statement.token.text}}} without a block that it belongs to`, statement.token);
      body.push(statement);
    }
    this.#add({ name: mainName, position: 0, body, nesting: this.#frame.nesting });
    return this.#definitions;
  }

  // Tokens.

  #token(index: number): Token {
    // The last token is `end`, which nothing steps over.
    return this.#tokens[Math.min(index, this.#tokens.length - 1)] as Token;
  }

  #peek(): Token {
    return this.#token(this.#at);
  }

  #peekAfterSpace(offset = 0): Token {
    const token = this.#token(this.#at + offset);
    return token.type === 'space' ? this.#token(this.#at + offset + 1) : token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #skipSpace(): void {
    if (this.#peek().type === 'space') this.#at += 1;
  }

  #nextAfterSpace(): Token {
    this.#skipSpace();
    return this.#next();
  }

  #isKeyword(token: Token, word: string): boolean {
    return token.type === 'keyword' && token.text === word;
  }

  #fail(sentence: string, token: Token): never {
    throw new TemplateMistake(sentence, token.position);
  }

  #unexpected(token: Token, expected: string): never {
    const found = token.type === 'end' ? 'the end of the template' : token.type === 'close' ? '}}' : quoted(token.text);
    this.#fail(`${found} is not expected here; ${expected}`, token);
  }

  #expect(type: TokenType, expected: string): Token {
    const token = this.#nextAfterSpace();
    if (token.type !== type) this.#unexpected(token, expected);
    return token;
  }

  // Nesting.

  #enter(token: Token): void {
    this.#frame.depth += 1;
    this.#frame.nesting = Math.max(this.#frame.nesting, this.#frame.depth);
    if (this.#frame.depth > nestingMax) {
      this.#fail(`blocks and parentheses lie more than ${nestingMax} deep; move the inner part into a define`, token);
    }
  }

  #leave(): void {
    this.#frame.depth -= 1;
  }

  // Definitions.

  /** A second definition may replace an empty one, and an empty one replaces nothing. */
  #add(definition: Definition): void {
    const known = this.#definitions.get(definition.name);
    if (known === undefined || isEmptyBody(known.body)) this.#definitions.set(definition.name, definition);
    else if (!isEmptyBody(definition.body)) {
      const name = definition.name === mainName ? `${mainName} (the prompt itself)` : quoted(definition.name);
      throw new TemplateMistake(`the template ${name} is defined twice; give one another name`, definition.position);
    }
  }

  #define(): void {
    this.#next();
    const word = this.#nextAfterSpace();
    const nameToken = this.#expect('string', 'write the name in quotes: {{define "name"}}');
    const name = unquote(nameToken.text, nameToken.position);
    this.#expect('close', 'a define has only a name: {{define "name"}}');
    this.#definition(name, word);
  }

  /** The body of a `define` or `block` up to its `end`; it sees no variables from outside. */
  #definition(name: string, word: Token): void {
    const outer = this.#frame;
    this.#frame = newFrame(outer.depth);
    this.#enter(word);
    const { body, end } = this.#list(word);
    if (end.type !== 'end') this.#fail(`{{else}} does not belong into a ${word.text}`, end.token);
    const { nesting } = this.#frame;
    this.#frame = outer;
    this.#add({ name, position: word.position, body, nesting });
  }

  // Statements.

  /** Statements up to the `end` or `else` of the block that `opener` began. */
  #list(opener: Token): { readonly body: Statement[]; readonly end: ListEnd } {
    const body: Statement[] = [];
    for (;;) {
      if (this.#peek().type === 'end') this.#fail(`{{${opener.text}}} is never closed; add {{end}}`, opener);
      const statement = this.#statement();
      if ('token' in statement) return { body, end: statement };
      body.push(statement);
    }
  }

  #statement(): Statement | ListEnd {
    const token = this.#next();
    if (token.type === 'text') return { type: 'text', position: token.position, text: token.text };
    if (token.type !== 'open') this.#unexpected(token, 'write text or an action');
    const word = this.#peekAfterSpace();
    if (word.type === 'keyword') {
      this.#nextAfterSpace();
      return this.#control(word);
    }
    return { type: 'action', position: word.position, pipeline: this.#pipeline('command') };
  }

  #control(word: Token): Statement | ListEnd {
    switch (word.text) {
      case 'if':
      case 'with':
        return this.#condition(word.text, word);
      case 'range':
        return this.#range(word);
      case 'template':
        return this.#call(word);
      case 'block':
        return this.#block(word);
      case 'break':
      case 'continue':
        return this.#jump(word.text, word);
      case 'end':
        this.#expect('close', 'an end stands alone: {{end}}');
        return { type: 'end', token: word };
      case 'else':
        return this.#else(word);
      default:
        return this.#fail('a define may not stand inside another block; move it to the top level', word);
    }
  }

  #else(word: Token): ListEnd {
    const following = this.#peekAfterSpace();
    if (this.#isKeyword(following, 'if')) return { type: 'if', token: following };
    if (this.#isKeyword(following, 'with')) return { type: 'with', token: following };
    this.#expect('close', 'only if or with may follow an else: {{else if …}}');
    return { type: 'else', token: word };
  }

  #condition(type: 'if' | 'with', word: Token): Statement {
    const mark = this.#frame.names.mark;
    this.#enter(word);
    const branches: Branch[] = [];
    let otherwise: Statement[] = [];
    for (;;) {
      const pipeline = this.#pipeline(type);
      const { body, end } = this.#list(word);
      branches.push({ pipeline, body });
      if (end.type === type) {
        this.#nextAfterSpace();
        continue;
      }
      if (end.type !== 'end') otherwise = this.#otherwise(end, word);
      break;
    }
    this.#leave();
    this.#frame.names.release(mark);
    return { type, position: word.position, branches, otherwise };
  }

  #otherwise(end: ListEnd, opener: Token): Statement[] {
    if (end.type !== 'else') {
      this.#fail(`{{else ${end.type}}} cannot continue {{${opener.text}}}; write {{else}}{{${end.type} …}}`, end.token);
    }
    const last = this.#list(opener);
    if (last.end.type !== 'end') this.#fail('only {{end}} can follow after {{else}}', last.end.token);
    return last.body;
  }

  #range(word: Token): Statement {
    const mark = this.#frame.names.mark;
    this.#enter(word);
    const pipeline = this.#pipeline('range');
    this.#frame.rangeDepth += 1;
    const { body, end } = this.#list(word);
    this.#frame.rangeDepth -= 1;
    const otherwise = end.type === 'end' ? [] : this.#otherwise(end, word);
    this.#leave();
    this.#frame.names.release(mark);
    return { type: 'range', position: word.position, pipeline, body, otherwise };
  }

  #jump(type: 'break' | 'continue', word: Token): Statement {
    this.#expect('close', `${type} stands alone: {{${type}}}`);
    if (this.#frame.rangeDepth === 0) this.#fail(`{{${type}}} outside of a {{range}}`, word);
    return { type, position: word.position };
  }

  #templateName(word: Token): string {
    const token = this.#expect('string', `write the name in quotes: {{${word.text} "name" .}}`);
    return unquote(token.text, token.position);
  }

  #call(word: Token): Statement {
    const name = this.#templateName(word);
    let pipeline: Pipeline | null = null;
    if (this.#peekAfterSpace().type === 'close') this.#nextAfterSpace();
    else pipeline = this.#pipeline('template');
    return { type: 'template', position: word.position, name, pipeline };
  }

  #block(word: Token): Statement {
    const name = this.#templateName(word);
    const pipeline = this.#pipeline('block');
    this.#definition(name, word);
    return { type: 'template', position: word.position, name, pipeline };
  }

  // Pipelines.

  #pipeline(context: Context): Pipeline {
    const start = this.#peekAfterSpace();
    const variables: string[] = [];
    const assigns = this.#declarations(context, variables);
    const closing: TokenType = context === 'parenthesis' ? 'rightParen' : 'close';
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const token = this.#peek();
      if (token.type === closing) {
        this.#next();
        break;
      }
      if (!startsOperand(token)) this.#unexpected(token, 'write a field, a function or a constant');
      commands.push(this.#command());
    }
    if (commands.length === 0) this.#fail(missingValue(context), start);
    for (const { operands } of commands.slice(1)) {
      const [first] = operands;
      if (first.type === 'constant' || first.type === 'dot' || first.type === 'nil') {
        throw new TemplateMistake(
          'only a function can stand behind |; it gets the value as its last argument',
          first.position,
        );
      }
    }
    return { position: start.position, variables, assigns, commands };
  }

  /** `$x :=`, `$x =`, and in `range` also `$i, $x :=`. Says whether they are assigned. */
  #declarations(context: Context, variables: string[]): boolean {
    for (;;) {
      const token = this.#peekAfterSpace();
      if (token.type !== 'variable') return false;
      const spaced = this.#peek().type === 'space' ? 1 : 0;
      const sign = this.#peekAfterSpace(spaced + 1);
      if (sign.type !== 'declare' && sign.type !== 'assign' && sign.type !== 'comma') return false;
      this.#nextAfterSpace();
      this.#nextAfterSpace();
      variables.push(token.text);
      this.#frame.names.add(token.text);
      if (sign.type !== 'comma') return sign.type === 'assign';
      if (context !== 'range' || variables.length > 1) {
        this.#fail(`too many variables; ${context === 'range' ? 'range has two at most' : 'only range has two'}`, sign);
      }
      const following = this.#peekAfterSpace();
      if (following.type !== 'variable' && following.type !== 'close') {
        this.#unexpected(following, 'name the second variable: {{range $index, $item := …}}');
      }
    }
  }

  #command(): Command {
    const position = this.#peek().position;
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const token = this.#peek();
      if (token.type === 'space') continue;
      if (token.type === 'pipe') this.#next();
      else if (token.type !== 'close' && token.type !== 'rightParen') {
        this.#unexpected(
          token,
          operand === null ? 'write a field, a function or a constant' : 'separate arguments with a space',
        );
      }
      break;
    }
    const [first, ...rest] = operands;
    if (first === undefined) throw new TemplateMistake('the command is empty', position);
    return { position, operands: [first, ...rest] };
  }

  /** A term and the fields directly behind it; null when the next token begins none. */
  #operand(): Operand | null {
    const term = this.#term();
    if (term === null || this.#peek().type !== 'field') return term;
    const first = this.#peek();
    const path: string[] = [];
    while (this.#peek().type === 'field') path.push(this.#next().text.slice(1));
    switch (term.type) {
      case 'field':
      case 'variable':
        return { ...term, path: [...term.path, ...path] };
      case 'pipeline':
      case 'function':
        return { type: 'chain', position: first.position, of: term, path };
      default:
        return this.#fail(
          term.type === 'dot' ? 'a field is one dot and its name: .Kind' : 'a constant has no fields',
          first,
        );
    }
  }

  #term(): Operand | null {
    const token = this.#peek();
    const { position, text } = token;
    if (!startsOperand(token)) return null;
    this.#next();
    switch (token.type) {
      case 'name':
        return this.#function(token);
      case 'dot':
        return { type: 'dot', position };
      case 'nil':
        return { type: 'nil', position };
      case 'variable':
        return this.#variable(token);
      case 'field':
        return { type: 'field', position, path: [text.slice(1)] };
      case 'bool':
        return { type: 'constant', position, source: text, value: text === 'true' };
      case 'character':
        return { type: 'constant', position, source: text, value: characterConstant(text, position) };
      case 'number':
        return { type: 'constant', position, source: text, value: numberConstant(text, position) };
      case 'string':
        return { type: 'constant', position, source: text, value: unquote(text, position) };
      default: {
        this.#enter(token);
        const pipeline = this.#pipeline('parenthesis');
        this.#leave();
        return { type: 'pipeline', position, pipeline };
      }
    }
  }

  #function(token: Token): Operand {
    if (functionNamed(token.text) === undefined) {
      const known = suggest(token.text, [...functionNames, 'if', 'else', 'end', 'range', 'with', 'template', 'define']);
      const hint = hintForName(token.text) ?? (known === undefined ? '' : `; did you mean ${known}?`);
      this.#fail(`there is no function ${quoted(token.text)}${hint}`, token);
    }
    return { type: 'function', position: token.position, name: token.text };
  }

  #variable(token: Token): Operand {
    if (!this.#frame.names.has(token.text)) {
      const known = suggest(token.text, this.#frame.names.known);
      const hint = known === undefined ? `declare it first: {{${token.text} := …}}` : `did you mean ${known}?`;
      this.#fail(`the variable ${token.text} is not defined here; ${hint}`, token);
    }
    return { type: 'variable', position: token.position, name: token.text, path: [] };
  }
}

const operandStarts: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'character',
  'dot',
  'field',
  'leftParen',
  'name',
  'nil',
  'number',
  'string',
  'variable',
]);

function startsOperand(token: Token): boolean {
  return operandStarts.has(token.type);
}

function missingValue(context: Context): string {
  switch (context) {
    case 'command':
      return 'the action is empty; write a field such as .Kind between {{ and }}';
    case 'parenthesis':
      return 'the parentheses are empty';
    case 'block':
    case 'template':
      return `{{${context}}} needs a value after the name: {{${context} "name" .}}`;
    default:
      return `{{${context}}} needs a value: {{${context} .Data.x}}`;
  }
}

/** What people write from other template languages, or without the dot. */
function hintForName(name: string): string | null {
  switch (name) {
    case 'call':
      return '; calling values is not available';
    case 'null':
    case 'none':
    case 'undefined':
      return '; write nil';
    case 'elseif':
    case 'elif':
      return '; write {{else if …}}';
    case 'toJson':
    case 'tojson':
      return '; did you mean json?';
    case 'data':
    case 'kind':
    case 'scope':
    case 'source':
      return `; fields begin with a dot: .${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    case 'Data':
    case 'Kind':
    case 'Scope':
    case 'Source':
    case 'WorkspaceID':
    case 'ID':
    case 'OccurredAt':
      return `; fields begin with a dot: .${name}`;
    default:
      return null;
  }
}

/** Parses a template. Throws a {@link TemplateMistake} at the first mistake. */
export function parseTemplate(source: string): TemplateSet {
  return new Parser(tokensOf(source)).run();
}
