import { expect, it } from 'vitest';
import type { TranscriptKind } from '../model/session.ts';
import { painter } from './paint.ts';
import { TranscriptWriter } from './transcript-text.ts';

function written(...entries: [TranscriptKind, string][]): string[] {
  let text = '';
  const writer = new TranscriptWriter({ write: (part) => void (text += part), paint: painter({ color: false }) });
  for (const [kind, entry] of entries) writer.entry({ kind, text: entry });
  writer.finishLine();
  return text.split('\n');
}

it('the kind stands in a margin, further lines under the first', () => {
  expect(written(['prompt', 'Say hi.\nTwice.'], ['stop', 'end_turn'])).toEqual([
    'prompt   Say hi.',
    '         Twice.',
    'stop     end_turn',
    '',
  ]);
});

it('pieces of a stream are one text, wherever they were cut', () => {
  expect(written(['message', 'Hel'], ['message', 'lo\nwor'], ['message', 'ld\n'], ['message', 'again'])).toEqual([
    'agent    Hello',
    '         world',
    '         again',
    '',
  ]);
});

it('another kind begins on a line of its own', () => {
  expect(written(['message', 'Hello'], ['tool_call', 'ls'], ['tool_call', 'cat'], ['message', 'Done'])).toEqual([
    'agent    Hello',
    'tool     ls',
    'tool     cat',
    'agent    Done',
    '',
  ]);
});

it('nothing that an agent says reaches the terminal as a command', () => {
  expect(written(['output', '\u001b[2Jclean\u0007'])).toEqual(['output   clean�', '']);
});

it('what a tool gave back is folded, on demand', () => {
  const result = Array.from({ length: 9 }, (_, i) => `line ${i + 1}`).join('\n');
  let text = '';
  const writer = new TranscriptWriter({
    write: (part) => void (text += part),
    paint: painter({ color: false }),
    folded: true,
  });
  writer.entry({ kind: 'tool_result', text: result });
  writer.entry({ kind: 'message', text: result });
  writer.finishLine();
  expect(text.split('\n').slice(0, 5)).toEqual([
    'result   line 1',
    '         line 2',
    '         line 3',
    '         … 6 more lines',
    'agent    line 1',
  ]);
  expect(text.split('\n')).toHaveLength(14);
  expect(written(['tool_result', result])).toHaveLength(10);
});
