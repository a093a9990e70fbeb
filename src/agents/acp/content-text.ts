/** What a person reads in place of an ACP content block, tool result or plan. */
import { asList, asRecord, asText, asWords } from '../wire-value.ts';

/** Text as it is; everything else as one line that says what it is. */
export function contentText(block: unknown): string {
  const content = asRecord(block);
  switch (content?.['type']) {
    case 'text':
      return asText(content['text']) ?? '';
    case 'image':
    case 'audio':
      return `[${content['type']}: ${asWords(content['mimeType']) ?? 'unknown type'}]`;
    case 'resource_link':
      return `[${asWords(content['title']) ?? asWords(content['name']) ?? 'link'}](${asText(content['uri']) ?? ''})`;
    case 'resource': {
      const resource = asRecord(content['resource']);
      return asText(resource?.['text']) ?? `[resource: ${asText(resource?.['uri']) ?? 'unnamed'}]`;
    }
    default:
      return content === undefined ? '' : `[${asWords(content['type']) ?? 'unknown content'}]`;
  }
}

/** A tool call's content: what it said, which files it changed. */
export function toolContentText(content: unknown): string {
  return asList(content)
    .map((item) => {
      const part = asRecord(item);
      switch (part?.['type']) {
        case 'content':
          return contentText(part['content']);
        case 'diff':
          return `[changed ${asText(part['path']) ?? 'a file'}]`;
        case 'terminal':
          return `[terminal ${asText(part['terminalId']) ?? ''}]`;
        default:
          return contentText(part);
      }
    })
    .filter((text) => text !== '')
    .join('\n');
}

const PLAN_MARKS: Readonly<Record<string, string>> = { completed: '[x]', in_progress: '[>]', pending: '[ ]' };

export function planText(entries: unknown): string {
  return asList(entries)
    .map((item) => {
      const entry = asRecord(item);
      return `${PLAN_MARKS[asText(entry?.['status']) ?? ''] ?? '[ ]'} ${asText(entry?.['content']) ?? ''}`;
    })
    .join('\n');
}
