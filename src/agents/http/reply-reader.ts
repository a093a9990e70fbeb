/**
 * Makes an answer out of an HTTP reply: events in a stream (server-sent events, or one JSON object per line), one JSON
 * document, or plain text that grows. What an event may say is listed in docs/guides/agents.md.
 */
import type { Answer, AnswerSheet } from '../answer-sheet.ts';
import { JsonLines } from '../json-lines.ts';
import { asAmount, asRecord, asText, asWords, type WireRecord } from '../wire-value.ts';
import { EventLines } from './event-lines.ts';

export interface ReplyReader {
  read(text: string): void;
  finish(): Answer;
}

export function replyReader(p: { contentType: string; sheet: AnswerSheet }): ReplyReader {
  const { sheet } = p;
  const type = p.contentType.split(';')[0]!.trim().toLowerCase();
  if (type === 'text/event-stream') {
    const lines = new EventLines(({ name, data }) => takeServerEvent(sheet, name, data));
    return {
      read: (text) => lines.read(text),
      finish() {
        lines.finish();
        return sheet.finish();
      },
    };
  }
  if (/^application\/(?:.*\+)?(?:x-ndjson|ndjson|jsonl|json)$/.test(type)) {
    const lines = new JsonLines({
      onObject: (event) => takeEvent(sheet, event),
      onText: (text) => {
        if (text.trim() !== '') sheet.say(text, { goesOn: true });
      },
    });
    return jsonReader(lines, sheet);
  }
  return { read: (text) => sheet.say(text, { goesOn: true }), finish: () => sheet.finish() };
}

/** A document over many lines is known for one only at its end, so nothing is said of its lines before. */
function jsonReader(lines: JsonLines, sheet: AnswerSheet): ReplyReader {
  return {
    read: (text) => lines.read(text),
    finish() {
      lines.finish();
      return sheet.finish();
    },
  };
}

function takeServerEvent(sheet: AnswerSheet, name: string, data: string): void {
  // The end mark of many model servers.
  if (data === '[DONE]') return;
  const event = parse(data);
  if (event !== undefined) return takeEvent(sheet, { type: name, ...event });
  takeEvent(sheet, { type: name, text: data });
}

function takeEvent(sheet: AnswerSheet, event: WireRecord): void {
  sheet.session(asWords(event['session_id']));
  const usage = usageOf(asRecord(event['usage']) ?? (event['type'] === 'usage' ? event : undefined));
  if (usage !== undefined) sheet.use(usage);
  const text = asText(event['text']) ?? '';
  const tool = asWords(event['tool']) ?? 'tool';
  const id = asText(event['tool_call_id']) ?? '';
  switch (asWords(event['type'])) {
    case 'usage':
    case 'done':
      break;
    case 'thought':
      return sheet.think(text);
    case 'notice':
      return sheet.notice(text);
    case 'tool_call':
      return sheet.toolCall({ id, tool, title: asWords(event['title']) ?? (text || tool), input: event['input'] });
    case 'tool_result':
      return sheet.toolResult({ id, tool, text, failed: event['failed'] === true });
    case 'error':
      return sheet.fail({ message: asText(event['message']) ?? asText(event['error']) ?? text, data: event });
    default:
      if (text !== '') sheet.say(text, { goesOn: true });
  }
  takeEnd(sheet, event);
}

/** `{"output": …}` is the whole answer, alone or at the end of a stream. */
function takeEnd(sheet: AnswerSheet, event: WireRecord): void {
  const output = asText(event['output']);
  const error = asText(event['error']) ?? asText(asRecord(event['error'])?.['message']);
  if (error !== undefined) return sheet.fail({ message: error, data: event });
  if (output !== undefined) sheet.conclude(output);
}

function usageOf(usage: WireRecord | undefined) {
  const input = asAmount(usage?.['input_tokens']);
  const output = asAmount(usage?.['output_tokens']);
  const cost = asAmount(usage?.['cost_usd']);
  if (input === undefined && output === undefined && cost === undefined) return undefined;
  return {
    ...(input === undefined ? {} : { input_tokens: input }),
    ...(output === undefined ? {} : { output_tokens: output }),
    ...(cost === undefined ? {} : { cost_usd: cost }),
  };
}

function parse(text: string): WireRecord | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}
