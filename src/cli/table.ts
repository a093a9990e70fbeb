/** Lays rows out in columns for people. On a terminal the flexible columns give way; in a pipe nothing is cut. */
import { cutText, firstLine, painter, textWidth, type Hue, type Paint } from './paint.ts';

export interface Cell {
  text: string;
  hue?: Hue;
}

export interface Column<Row> {
  title: string;
  cell: (row: Row) => Cell | string;
  align?: 'left' | 'right';
  /** Gives way where the line is too long for the terminal. */
  flexible?: boolean;
}

const GAP = 2;
/** A flexible column keeps at least this, so that the beginning of a name or text stays readable. */
const FLEXIBLE_MIN = 8;

function cellOf(value: Cell | string): Cell {
  const cell = typeof value === 'string' ? { text: value } : value;
  return { ...cell, text: firstLine(cell.text) };
}

/** Takes from the widest flexible column until the line fits or nothing can give way any more. */
function fitWidths(p: { widths: number[]; flexible: readonly boolean[]; columns: number }): number[] {
  const widths = [...p.widths];
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1) - p.columns;
  // What stands last is a remark: it may give way altogether.
  const least = (index: number): number => (index === widths.length - 1 ? 1 : FLEXIBLE_MIN);
  while (excess > 0) {
    let widest: number | undefined;
    for (const [index, width] of widths.entries()) {
      const canGive = p.flexible[index] === true && width > least(index);
      if (canGive && (widest === undefined || width > (widths[widest] ?? 0))) widest = index;
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/** The lines of the table, title first; `columns` is the width of the terminal, absent in a pipe. */
export function tableLines<Row>(p: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  terminalColumns?: number | undefined;
  paint?: Paint;
}): string[] {
  const paint = p.paint ?? painter({ color: false });
  const cells = p.rows.map((row) => p.columns.map((column) => cellOf(column.cell(row))));
  const natural = p.columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[index]?.text ?? ''))),
  );
  const widths =
    p.terminalColumns === undefined
      ? natural
      : fitWidths({
          widths: natural,
          flexible: p.columns.map(({ flexible }) => flexible ?? false),
          columns: p.terminalColumns,
        });
  const line = (row: readonly Cell[]): string =>
    row
      .map(({ text, hue }, index) => {
        const width = widths[index] ?? 0;
        const shown = cutText(text, width);
        const padding = ' '.repeat(width - textWidth(shown));
        const painted = hue === undefined ? shown : paint(hue, shown);
        if (p.columns[index]?.align === 'right') return `${padding}${painted}`;
        return index === row.length - 1 ? painted : `${painted}${padding}`;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(p.columns.map(({ title }) => ({ text: title, hue: 'dim' }))), ...cells.map(line)];
}

/** `name   value` pairs under one another; pairs without a value are left out. */
export function factLines(facts: readonly (readonly [string, Cell | string | undefined])[], paint: Paint): string[] {
  const given = facts.filter((fact): fact is readonly [string, Cell | string] => fact[1] !== undefined);
  const width = Math.max(0, ...given.map(([name]) => textWidth(name)));
  return given.map(([name, value]) => {
    const cell = cellOf(value);
    const shown = cell.hue === undefined ? cell.text : paint(cell.hue, cell.text);
    return `${paint('dim', name.padEnd(width))}  ${shown}`.trimEnd();
  });
}
