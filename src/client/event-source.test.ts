import { describe, expect, it, vi } from 'vitest';
import { type ReceivedEvent, readEvents } from './event-source.ts';

/** A body that comes in pieces of `size` bytes. */
function bodyOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}
const read = (text: string, size = 7): Promise<ReceivedEvent[]> => Array.fromAsync(readEvents(bodyOf(text, size)));

describe('readEvents', () => {
  it('reads the same events, however the bytes are cut', async () => {
    const text = 'retry: 1000\nevent: entry\nid: 1\ndata: {"text":"é😀"}\n\n: keep-alive\n\nevent: end\ndata: {}\n\n';
    const events = [
      { event: 'entry', id: '1', data: '{"text":"é😀"}' },
      { event: 'end', data: '{}' },
    ];
    for (let size = 1; size <= text.length + 8; size += 1) expect(await read(text, size)).toEqual(events);
  });
  it('names an event that has no name as the standard does', async () =>
    expect(await read('data: 1\n\n')).toEqual([{ event: 'message', data: '1' }]));
  it('drops an event that the end cuts in half', async () =>
    expect(await read('data: 1\n\nevent: x\ndata: 2\n')).toEqual([{ event: 'message', data: '1' }]));
  it('closes the connection when the reader stops', async () => {
    const cancel = vi.fn<() => void>();
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel,
    });
    for await (const event of readEvents(body)) {
      expect(event.data).toBe('1');
      break;
    }
    expect(cancel).toHaveBeenCalledOnce();
  });
});
