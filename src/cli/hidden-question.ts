/** Asks for something that nobody may read over a shoulder: what is typed is not shown, not even its length. */
import { StringDecoder } from 'node:string_decoder';

interface Keyboard {
  setRawMode(mode: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data' | 'end', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data' | 'end', listener: (chunk: Buffer) => void): unknown;
}

const ENTER = /[\r\n]/u;
const ERASE = new Set(['\b', '\u007f']);
/** Ctrl-C and Ctrl-D: the person wants out. */
const GIVE_UP = new Set(['\u0003', '\u0004']);

/** The line without its end; empty when the person gave up. Only where standard input is a terminal. */
export async function askHidden(p: {
  question: string;
  stdin: Keyboard;
  stderr: { write(text: string): unknown };
}): Promise<string> {
  const { stdin, stderr } = p;
  const decoder = new StringDecoder('utf8');
  const { promise, resolve } = Promise.withResolvers<string>();
  let line = '';
  const take = (chunk: Buffer): void => {
    for (const key of decoder.write(chunk)) {
      if (GIVE_UP.has(key)) return resolve('');
      if (ENTER.test(key)) return resolve(line);
      line = ERASE.has(key) ? Array.from(line).slice(0, -1).join('') : line + key;
    }
  };
  const end = (): void => resolve(line);
  stderr.write(p.question);
  stdin.setRawMode(true);
  stdin.on('data', take);
  stdin.on('end', end);
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off('data', take);
    stdin.off('end', end);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
