/** The lines around a mistake, with a caret: what a person wants to see first about a syntax error. */
import type { Place } from './position-map.ts';

/** Longer lines are cut around the caret; a file may be one line of megabytes. */
const WIDTH_MAX = 100;
const SECRET_NAME = /secret|token|password|passwd|credential|api[_-]?key|[_-]key\b/i;

/** Three lines at most. Values on lines that look like they hold a secret are blotted out. */
export function codeFrame(text: string, place: Place): string {
  const lines = linesAround(text, place.line);
  const digits = String(place.line + 1).length;
  const shown: string[] = [];
  for (const { number, line } of lines) {
    const start = number === place.line ? Math.max(0, place.column - 1 - WIDTH_MAX / 2) : 0;
    shown.push(`${String(number).padStart(digits)} | ${blot(line).slice(start, start + WIDTH_MAX)}`.trimEnd());
    if (number === place.line) shown.push(`${' '.repeat(digits)} | ${' '.repeat(place.column - 1 - start)}^`);
  }
  return shown.join('\n');
}

function linesAround(text: string, wanted: number): { number: number; line: string }[] {
  const found: { number: number; line: string }[] = [];
  let start = 0;
  for (let number = 1; number <= wanted + 1 && start <= text.length; number += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (number >= wanted - 1) found.push({ number, line: text.slice(start, end).replaceAll(/[\r\t]/g, ' ') });
    start = end + 1;
  }
  return found;
}

/** Same length, so that the caret still points at the right character. */
function blot(line: string): string {
  const equals = line.indexOf('=');
  if (equals === -1 || !SECRET_NAME.test(line)) return line;
  return line.slice(0, equals + 1) + line.slice(equals + 1).replaceAll(/[A-Za-z0-9]/g, '*');
}
