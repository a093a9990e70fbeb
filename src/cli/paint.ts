/**
 * Colours and the making harmless of text that others wrote. What an agent prints may hold escape sequences that would
 * move the cursor, retitle the window or hide lines; nothing of it reaches a terminal except through {@link plainText}.
 */
import { stripVTControlCharacters } from 'node:util';

export type Hue = 'green' | 'red' | 'yellow' | 'blue' | 'cyan' | 'dim' | 'bold';

const CODES: Readonly<Record<Hue, readonly [number, number]>> = {
  green: [32, 39],
  red: [31, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export type Paint = (hue: Hue, text: string) => string;

/** The one who paints, or one who leaves everything as it is. */
export function painter(p: { color: boolean }): Paint {
  if (!p.color) return (_, text) => text;
  return (hue, text) => (text === '' ? '' : `\u001b[${CODES[hue][0]}m${text}\u001b[${CODES[hue][1]}m`);
}

/** Every control character but line end and tab. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** Text of others without control characters; line ends and tabs stay. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(CONTROLS, '�');
}

/** The first line that says something, for a table or a log. */
export function firstLine(text: string): string {
  const clean = plainText(text);
  return (clean.split('\n').find((line) => line.trim() !== '') ?? '').replaceAll('\t', ' ').trim();
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ASCII = /^[\u0020-\u007e]*$/;

/** Columns that a text takes on a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts to at most `width` columns, with an ellipsis where something was cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const step = WIDE.test(segment) ? 2 : 1;
    if (used + step > width - 1) break;
    kept += segment;
    used += step;
  }
  return `${kept}…`;
}
