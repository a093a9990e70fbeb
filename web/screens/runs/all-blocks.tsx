/** A long transcript from its beginning: only what is near the window is in the document, whatever its height. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { ApiTranscriptEntry } from '../../../src/client/client.ts';
import { TranscriptBlock } from './transcript-block.tsx';

/** Of a folded one, in pixels; what is drawn is measured. */
const HEIGHT_USUAL = 38;

export function AllBlocks({ blocks }: { blocks: readonly ApiTranscriptEntry[] }) {
  const list = useRef<HTMLOListElement>(null);
  const rows = useWindowVirtualizer({
    count: blocks.length,
    estimateSize: () => HEIGHT_USUAL,
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => blocks[index]?.seq ?? index,
  });
  return (
    <ol ref={list} className="blocks blocks-all" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const block = blocks[index];
        return (
          block !== undefined && (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={`block block-${block.kind}`}
              aria-setsize={blocks.length}
              aria-posinset={index + 1}
              style={{ translate: `0 ${start - rows.options.scrollMargin}px` }}
            >
              <TranscriptBlock block={block} />
            </li>
          )
        );
      })}
    </ol>
  );
}
