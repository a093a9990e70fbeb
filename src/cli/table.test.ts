import { describe, expect, it } from 'vitest';
import { cutText, firstLine, painter, plainText, textWidth } from './paint.ts';
import { factLines, tableLines } from './table.ts';

const columns = [
  { title: 'NAME', cell: (row: { name: string; count: number }) => row.name, flexible: true },
  { title: 'COUNT', cell: (row: { name: string; count: number }) => String(row.count), align: 'right' as const },
];

describe('tables', () => {
  it('columns are as wide as their widest cell, numbers stand to the right', () => {
    expect(
      tableLines({
        columns,
        rows: [
          { name: 'a', count: 5 },
          { name: 'longer', count: 100 },
        ],
      }),
    ).toEqual(['NAME    COUNT', 'a           5', 'longer    100']);
  });
  it('on a narrow terminal the flexible column gives way, never below eight columns', () => {
    const rows = [{ name: 'a-name-that-goes-on-and-on', count: 1 }];
    expect(tableLines({ columns, rows, terminalColumns: 22 })[1]).toBe('a-name-that-go…      1');
    expect(tableLines({ columns, rows, terminalColumns: 5 })[1]).toBe('a-name-…      1');
  });
  it('in a pipe nothing is cut', () => {
    const rows = [{ name: 'a-name-that-goes-on-and-on', count: 1 }];
    expect(tableLines({ columns, rows })[1]).toBe('a-name-that-goes-on-and-on      1');
  });
  it('wide characters keep the columns under one another', () => {
    expect(
      tableLines({
        columns,
        rows: [
          { name: '日本', count: 1 },
          { name: 'abcd', count: 2 },
        ],
      }),
    ).toEqual(['NAME  COUNT', '日本      1', 'abcd      2']);
  });
  it('a cell is one line without control characters', () => {
    expect(tableLines({ columns, rows: [{ name: 'a\u001b[31mb\nc', count: 1 }] })[1]).toBe('ab        1');
  });
  it('colours do not disturb the widths', () => {
    const painted = tableLines({
      columns: [
        { title: 'A', cell: () => ({ text: 'x', hue: 'red' as const }) },
        { title: 'B', cell: () => 'y' },
      ],
      rows: [1],
      paint: painter({ color: true }),
    });
    expect(painted[1]).toBe('\u001b[31mx\u001b[39m  y');
  });
  it('facts without a value are left out', () => {
    expect(
      factLines(
        [
          ['a', '1'],
          ['long', undefined],
          ['bcd', '2'],
        ],
        painter({ color: false }),
      ),
    ).toEqual(['a    1', 'bcd  2']);
  });
});

describe('text of others', () => {
  const check = (text: string, plain: string): void => expect(plainText(text)).toBe(plain);
  it('loses escape sequences and control characters, keeps lines and tabs', () => {
    check('\u001b]0;title\u0007hello', 'hello');
    check('\u001b[2Jgone', 'gone');
    check('a\rb\r\nc\td', 'a\nb\nc\td');
    check('bell\u0007 del\u007f c1\u0085', 'bell� del� c1�');
  });
  it('the first line is the first that says something', () => {
    expect(firstLine('\n  \n  hello\tthere \nrest')).toBe('hello there');
    expect(firstLine('')).toBe('');
  });
  it('is cut by columns, not by code units', () => {
    expect(cutText('日本語', 5)).toBe('日本…');
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abc', 0)).toBe('');
    expect(textWidth('👍')).toBe(2);
  });
});
