/**
 * Reads JSON from strangers. `JSON.parse` takes three things that no honest client sends and that hurt later: nesting
 * deep enough to overflow whoever walks the value, one name twice in an object (which one counts?), and the name
 * `__proto__`. It also says where a mistake is only sometimes. This reader refuses the three and always says where.
 */

/** Deeper than any document of ours; shallow enough that every recursive walk over the value is safe. */
export const JSON_DEPTH_MAX = 64;

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string };

export function parseJsonText(text: string): JsonResult {
  const reader = new JsonReader(text);
  try {
    return { ok: true, value: reader.document() };
  } catch (mistake) {
    if (mistake instanceof JsonMistake) return { ok: false, reason: mistake.message };
    throw mistake;
  }
}

/** Thrown inside this file only, to leave the recursion. */
class JsonMistake extends Error {}

const whiteSpace = /[\t\n\r ]*/y;
const numberText = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A stretch of a string without quotes, escapes and control characters, so that no alternation is repeated. */
// oxlint-disable-next-line no-control-regex -- control characters are what JSON strings must not hold
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    this.#skip();
    if (this.#position === this.#text.length) throw this.#mistake('the text is empty');
    const value = this.#value(1);
    this.#skip();
    if (this.#position < this.#text.length) throw this.#mistake(`${this.#shown()} follows the end of the value`);
    return value;
  }

  #value(depth: number): unknown {
    if (depth > JSON_DEPTH_MAX) throw this.#mistake(`values are nested deeper than ${JSON_DEPTH_MAX} levels`);
    const character = this.#text[this.#position];
    if (character === '{') return this.#object(depth);
    if (character === '[') return this.#list(depth);
    if (character === '"') return this.#string();
    for (const [word, value] of words) {
      if (this.#text.startsWith(word, this.#position)) {
        this.#position += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#position += 1;
    this.#skip();
    if (this.#take('}')) return object;
    for (;;) {
      if (this.#text[this.#position] !== '"') throw this.#mistake(`a name in quotes is expected, not ${this.#shown()}`);
      const nameAt = this.#position;
      const name = this.#string();
      if (name === '__proto__') throw this.#mistake('the name "__proto__" is not taken', nameAt);
      if (Object.hasOwn(object, name)) throw this.#mistake(`the name ${JSON.stringify(name)} stands twice`, nameAt);
      this.#skip();
      if (!this.#take(':')) throw this.#mistake(`":" is expected after a name, not ${this.#shown()}`);
      this.#skip();
      object[name] = this.#value(depth + 1);
      this.#skip();
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw this.#mistake(`"," or "}" is expected, not ${this.#shown()}`);
      this.#skip();
    }
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.#position += 1;
    this.#skip();
    if (this.#take(']')) return list;
    for (;;) {
      list.push(this.#value(depth + 1));
      this.#skip();
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw this.#mistake(`"," or "]" is expected, not ${this.#shown()}`);
      this.#skip();
    }
  }

  #string(): string {
    const start = this.#position;
    this.#position += 1;
    for (;;) {
      this.#match(plainCharacters);
      if (this.#take('"')) break;
      if (this.#position === this.#text.length) throw this.#mistake('a string has no end', start);
      if (this.#match(escape) === undefined) {
        const what = this.#text[this.#position] === '\\' ? 'an unknown escape' : 'an unescaped control character';
        throw this.#mistake(`a string holds ${what}`);
      }
    }
    const value = JSON.parse(this.#text.slice(start, this.#position)) as string;
    // Half a surrogate pair has no UTF-8, so it could not be stored as it was sent.
    if (!value.isWellFormed()) throw this.#mistake('a string holds half a surrogate pair', start);
    return value;
  }

  #number(): number {
    const start = this.#position;
    const text = this.#match(numberText);
    if (text === undefined || text === '') throw this.#mistake(`a value is expected, not ${this.#shown()}`);
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.#mistake('a number is too large', start);
    return value;
  }

  #skip(): void {
    this.#match(whiteSpace);
  }

  #take(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position += match[0].length;
    return match[0];
  }

  #shown(): string {
    const codePoint = this.#text.codePointAt(this.#position);
    return codePoint === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(codePoint));
  }

  #mistake(reason: string, position = this.#position): JsonMistake {
    const before = this.#text.slice(0, position);
    const line = before.split('\n').length;
    const column = position - (before.lastIndexOf('\n') + 1) + 1;
    return new JsonMistake(`${reason} (line ${line}, column ${column})`);
  }
}
