/** Rows of one height. Only those near the window are in the document, so that thousands scroll like ten. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import './window-rows.css';

const AHEAD = 16;

export function WindowRows<T>(p: {
  items: readonly T[];
  label: string;
  /** In pixels. */
  height: number;
  keyOf: (item: T) => string;
  row: (item: T) => ReactNode;
  className?: string;
  /** Called when the last rows come near. */
  onEnd?: () => void;
  /** There are more than these. */
  more?: boolean;
}) {
  const { items, onEnd } = p;
  const list = useRef<HTMLUListElement>(null);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => p.height,
    overscan: AHEAD,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : p.keyOf(item);
    },
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - AHEAD) onEnd?.();
  });
  return (
    <ul
      ref={list}
      className={`window-rows ${p.className ?? ''}`}
      style={{ height: rows.getTotalSize() }}
      aria-label={p.label}
    >
      {shown.map(({ index, key, start, size }) => {
        const item = items[index];
        return (
          item !== undefined && (
            <li
              key={key}
              className="window-row"
              data-row
              aria-setsize={p.more === true ? -1 : items.length}
              aria-posinset={index + 1}
              style={{ translate: `0 ${start - rows.options.scrollMargin}px`, height: size }}
            >
              {p.row(item)}
            </li>
          )
        );
      })}
    </ul>
  );
}
