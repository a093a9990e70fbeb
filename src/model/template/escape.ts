/** The escaping functions: `html`, `js` and `urlquery`, byte for byte as Go's. */
import { bytesOf, escapedByte } from './byte-text.ts';
import { isPrintable } from './quote.ts';

const htmlEscapes: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => htmlEscapes[character] ?? character);
}

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function upperHex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** For a place inside a JavaScript string. */
export function escapeJs(text: string): string {
  // Control characters are among what must be escaped.
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (character) => {
    const known = jsEscapes[character];
    if (known !== undefined) return known;
    const codePoint = character.codePointAt(0) ?? 0;
    if (escapedByte(codePoint) >= 0 || (codePoint >= 0x80 && isPrintable(codePoint))) return character;
    return `\\u${upperHex(codePoint, 4)}`;
  });
}

/** For a place in the query of a URL: a space becomes a plus sign. */
export function escapeUrlQuery(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9\-_.~]+/g, (run) => {
    let escaped = '';
    for (const byte of bytesOf(run)) escaped += byte === 0x20 ? '+' : `%${upperHex(byte, 2)}`;
    return escaped;
  });
}
