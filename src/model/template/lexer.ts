/**
 * Cuts a template into tokens: plain text, and the words between `{{` and `}}`. Trim markers and comments end here;
 * the parser never sees them. Every character is looked at a bounded number of times, so the time is linear.
 */
import { TemplateMistake, quoted } from './template-problem.ts';

export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'pipe'
  | 'leftParen'
  | 'rightParen'
  | 'declare'
  | 'assign'
  | 'comma'
  | 'dot'
  | 'field'
  | 'variable'
  | 'name'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'string'
  | 'character'
  | 'number'
  | 'other'
  | 'end';

export interface Token {
  readonly type: TokenType;
  /** As written; of a text, what the trim markers left. */
  readonly text: string;
  /** Index of its first character in the template. */
  readonly position: number;
}

const keywords: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

/** The only spaces that matter inside actions and to trim markers. */
const spaces = ' \t\r\n';
const wordCharacter = /[\p{L}\p{Nd}_]/u;

function isSpace(character: string): boolean {
  return character !== '' && spaces.includes(character);
}

/** Trims the four spaces from the end. Walked by hand: a pattern would start again at every inner space. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #parens = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    while (this.#at < this.#source.length) {
      this.#text();
      if (this.#at < this.#source.length) this.#action();
    }
    this.#push('end', this.#at, this.#at);
    return this.#tokens;
  }

  #push(type: TokenType, start: number, end: number): void {
    this.#tokens.push({ type, text: this.#source.slice(start, end), position: start });
    this.#at = end;
  }

  #fail(sentence: string, position: number): never {
    throw new TemplateMistake(sentence, position);
  }

  /** The character at `at`, whole even outside the basic plane; empty at the end. */
  #character(at: number): string {
    const codePoint = this.#source.codePointAt(at);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }

  /** `{{- ` trims the text before it. */
  #trimsBefore(open: number): boolean {
    return this.#source.charAt(open + 2) === '-' && isSpace(this.#source.charAt(open + 3));
  }

  /** The length of the closing delimiter at `at`: 2, 4 with a trim marker, 0 when there is none. */
  #closeLength(at: number): number {
    if (this.#source.startsWith('}}', at)) return 2;
    return isSpace(this.#source.charAt(at)) && this.#source.startsWith('-}}', at + 1) ? 4 : 0;
  }

  #text(): void {
    const open = this.#source.indexOf('{{', this.#at);
    const end = open < 0 ? this.#source.length : open;
    const whole = this.#source.slice(this.#at, end);
    const text = open >= 0 && this.#trimsBefore(open) ? trimEnd(whole) : whole;
    if (text !== '') this.#tokens.push({ type: 'text', text, position: this.#at });
    this.#at = end;
  }

  /** Steps over the closing delimiter and, after a trim marker, over the spaces behind it. */
  #leave(length: number): void {
    this.#at += length;
    if (length === 4) while (isSpace(this.#source.charAt(this.#at))) this.#at += 1;
  }

  #action(): void {
    const open = this.#at;
    const inside = open + (this.#trimsBefore(open) ? 4 : 2);
    if (this.#source.startsWith('/*', inside)) return this.#comment(open, inside);
    this.#push('open', open, open + 2);
    this.#at = inside;
    this.#parens = 0;
    for (;;) {
      const length = this.#closeLength(this.#at);
      if (length > 0) {
        if (this.#parens > 0) this.#fail('a parenthesis is not closed; add )', this.#at);
        this.#tokens.push({ type: 'close', text: '}}', position: this.#at });
        return this.#leave(length);
      }
      if (this.#at >= this.#source.length) this.#fail('the action is not closed; add }}', open);
      this.#word();
    }
  }

  #comment(open: number, start: number): void {
    const end = this.#source.indexOf('*/', start + 2);
    if (end < 0) this.#fail('the comment is not closed; add */}}', open);
    this.#at = end + 2;
    const length = this.#closeLength(this.#at);
    if (length === 0) this.#fail('a comment must be alone in its action: }} must follow */ at once', this.#at);
    this.#leave(length);
  }

  #word(): void {
    const start = this.#at;
    const character = this.#character(start);
    const next = start + character.length;
    if (isSpace(character)) return this.#space();
    switch (character) {
      case '=':
        return this.#push('assign', start, next);
      case ':':
        if (this.#source.charAt(next) !== '=')
          this.#fail('a lone colon means nothing; a declaration is $x := …', start);
        return this.#push('declare', start, next + 1);
      case '|':
        return this.#push('pipe', start, next);
      case ',':
        return this.#push('comma', start, next);
      case '(':
        this.#parens += 1;
        return this.#push('leftParen', start, next);
      case ')':
        this.#parens -= 1;
        if (this.#parens < 0) this.#fail('this parenthesis was never opened', start);
        return this.#push('rightParen', start, next);
      case '"':
        return this.#push('string', start, this.#literalEnd(start, 'the text is not closed on its line; add "'));
      case "'":
        return this.#push(
          'character',
          start,
          this.#literalEnd(start, 'the character is not closed; texts stand in ""'),
        );
      case '`':
        return this.#raw();
      case '$':
        return this.#named('variable');
      case '.':
        if (/[0-9]/.test(this.#source.charAt(next))) return this.#number();
        return this.#named('field');
      case '+':
      case '-':
        return this.#number();
      default:
        if (/[0-9]/.test(character)) return this.#number();
        if (wordCharacter.test(character)) return this.#name();
        // Printable ASCII is left to the parser, which knows what was expected instead.
        if (character > ' ' && character < '\x7f') return this.#push('other', start, next);
        return this.#fail(`the character ${quoted(character)} cannot stand in an action`, start);
    }
  }

  /** A run of spaces, but not the one that belongs to a closing trim marker. */
  #space(): void {
    const start = this.#at;
    let end = start;
    while (isSpace(this.#source.charAt(end))) end += 1;
    if (this.#source.startsWith('-}}', end)) end -= 1;
    // With a single space the delimiter itself begins here, and that was ruled out before.
    this.#push('space', start, end);
  }

  /** The end of a literal in single or double quotes, which may not run over its line. */
  #literalEnd(start: number, unclosed: string): number {
    const quote = this.#source.charAt(start);
    for (let at = start + 1; at < this.#source.length; at += 1) {
      const character = this.#source.charAt(at);
      if (character === quote) return at + 1;
      if (character === '\\') at += 1;
      if (this.#source.charAt(at) === '\n') break;
    }
    return this.#fail(unclosed, start);
  }

  #raw(): void {
    const end = this.#source.indexOf('`', this.#at + 1);
    if (end < 0) this.#fail('the raw text is not closed; add `', this.#at);
    this.#push('string', this.#at, end + 1);
  }

  #wordEnd(start: number): number {
    let end = start;
    for (let character = this.#character(end); character !== '' && wordCharacter.test(character);) {
      end += character.length;
      character = this.#character(end);
    }
    return end;
  }

  /** What may follow a name directly. `.` continues a path; the others end the word. */
  #requireTerminator(at: number): void {
    const character = this.#character(at);
    if (character === '' || isSpace(character) || '.,|:)('.includes(character)) return;
    if (this.#source.startsWith('}}', at)) return;
    const hint =
      character === '-' || character === ' '
        ? '; keys that are no plain word are reached with index: (index .Data "my-key")'
        : '; there are no operators, functions come first: eq .Kind "webhook"';
    this.#fail(`the character ${quoted(character)} cannot follow a name${hint}`, at);
  }

  #named(type: 'field' | 'variable'): void {
    const start = this.#at;
    const end = this.#wordEnd(start + 1);
    this.#requireTerminator(end);
    this.#push(end === start + 1 && type === 'field' ? 'dot' : type, start, end);
  }

  #name(): void {
    const start = this.#at;
    const end = this.#wordEnd(start);
    this.#requireTerminator(end);
    const word = this.#source.slice(start, end);
    if (keywords.has(word)) return this.#push('keyword', start, end);
    if (word === 'nil') return this.#push('nil', start, end);
    this.#push(word === 'true' || word === 'false' ? 'bool' : 'name', start, end);
  }

  /** A number, or a pair such as `1+2i`. Only its outline is checked here; the parser reads its value. */
  #number(): void {
    const start = this.#at;
    let end = this.#numberEnd(start);
    const sign = this.#source.charAt(end);
    if (sign === '+' || sign === '-') {
      end = this.#numberEnd(end);
      if (this.#source.charAt(end - 1) !== 'i') {
        this.#fail(`${quoted(this.#source.slice(start, end))} is not a number; there is no arithmetic here`, start);
      }
    }
    this.#push('number', start, end);
  }

  #numberEnd(start: number): number {
    numberOutline.lastIndex = start;
    const end = start + (numberOutline.exec(this.#source)?.[0].length ?? 0);
    const following = this.#character(end);
    if (following !== '' && wordCharacter.test(following)) {
      this.#fail(`${quoted(this.#source.slice(start, end) + following)} is not a number`, start);
    }
    return end;
  }
}

/** Sign, digits of some base, fraction, exponent, imaginary mark; too generous, as the outline of Go's lexer is. */
const numberOutline =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

/** The tokens of a template, the last of type `end`. Throws a {@link TemplateMistake}. */
export function tokensOf(source: string): Token[] {
  return new Lexer(source).run();
}
