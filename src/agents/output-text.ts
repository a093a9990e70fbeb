/** Bytes of a pipe as text: UTF-8, characters that are split between two reads put together, rubbish replaced. */
import type { Readable } from 'node:stream';

/** Calls back with every non-empty piece, and once more with what an unfinished last character left. */
export function readText(stream: Readable, onText: (text: string) => void): void {
  const decoder = new TextDecoder('utf-8');
  stream.on('data', (bytes: Buffer) => {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') onText(text);
  });
  stream.once('end', () => {
    const text = decoder.decode();
    if (text !== '') onText(text);
  });
}
