/** Codex, `codex exec --json`: https://developers.openai.com/codex/noninteractive. Read from 0.1xx. */
import type { RunUsage } from '../../../model/run.ts';
import { asAmount, asList, asRecord, asText, asWords, type WireRecord } from '../../wire-value.ts';
import type { AnswerSheet } from '../../answer-sheet.ts';
import { endOfOptions, hasFlag, type Preset } from '../preset.ts';

export const codex: Preset = {
  args({ given, promptVia, resumeSessionId }) {
    const args = given.includes('exec') ? [...given] : [...given, 'exec'];
    if (!hasFlag(args, '--json')) args.push('--json');
    // The folder is the one that a person chose for the automation; whether it is a repository is theirs to judge.
    if (!hasFlag(args, '--skip-git-repo-check')) args.push('--skip-git-repo-check');
    if (resumeSessionId !== undefined) args.push('resume', resumeSessionId);
    return [...args, ...(promptVia === 'stdin' ? ['-'] : endOfOptions(args, promptVia))];
  },
  reader: ({ sheet, usedBefore }) => {
    const begun = new Set<string>();
    return (event) => {
      switch (event['type']) {
        case 'thread.started':
          return sheet.session(asWords(event['thread_id']));
        case 'item.started':
        case 'item.completed':
          return takeItem(sheet, event, begun);
        case 'turn.completed':
          return takeUsage(sheet, asRecord(event['usage']), usedBefore);
        case 'turn.failed':
          return sheet.fail({ message: asText(asRecord(event['error'])?.['message']) ?? 'the turn failed' });
        case 'error':
          // Connection trouble that may be overcome; what is not is told by `turn.failed`.
          return sheet.notice(asText(event['message']) ?? 'an error without words');
        default:
          return;
      }
    };
  },
  login: 'Run `codex login` once as the user that runs Rouse, or give it CODEX_API_KEY in `env`.',
  lostSession: /no rollout found|thread\/resume failed/i,
};

/** Told for the whole thread; what earlier runs used of it is not this run's. Cached input is part of the input. */
function takeUsage(sheet: AnswerSheet, usage: WireRecord | undefined, before: RunUsage | undefined): void {
  const input = asAmount(usage?.['input_tokens']);
  const output = asAmount(usage?.['output_tokens']);
  if (input === undefined || output === undefined) return;
  const inputBefore = before?.input_tokens ?? 0;
  const outputBefore = before?.output_tokens ?? 0;
  // Less than before: this version tells each turn's own.
  const isSum = input >= inputBefore && output >= outputBefore;
  sheet.use({
    input_tokens: isSum ? input - inputBefore : input,
    output_tokens: isSum ? output - outputBefore : output,
  });
}

function takeItem(sheet: AnswerSheet, event: WireRecord, begun: Set<string>): void {
  const item = asRecord(event['item']) ?? {};
  const isDone = event['type'] === 'item.completed';
  switch (item['type']) {
    case 'agent_message':
      return isDone ? sheet.say(asText(item['text']) ?? '') : undefined;
    case 'reasoning':
      return isDone ? sheet.think(asText(item['text']) ?? '') : undefined;
    case 'todo_list':
      return sheet.plan(todoText(item));
    case 'error':
      return sheet.notice(asText(item['message']) ?? 'an error without words');
    case undefined:
      return;
    default:
      return takeTool(sheet, item, { isDone, begun });
  }
}

function takeTool(sheet: AnswerSheet, item: WireRecord, p: { isDone: boolean; begun: Set<string> }): void {
  const id = asText(item['id']) ?? '';
  const { tool, title, input, result } = toolOf(item);
  if (!p.begun.has(id)) sheet.toolCall({ id, tool, title, ...(input === undefined ? {} : { input }) });
  p.begun.add(id);
  if (p.isDone) sheet.toolResult({ id, tool, text: result, failed: item['status'] === 'failed' });
}

function toolOf(item: WireRecord): { tool: string; title: string; input?: unknown; result: string } {
  const tool = asWords(item['type']) ?? 'tool';
  switch (tool) {
    case 'command_execution': {
      const code = item['exit_code'];
      const exit = typeof code === 'number' && code !== 0 ? `[exit code ${code}]\n` : '';
      return {
        tool,
        title: asWords(item['command']) ?? tool,
        input: { command: item['command'] },
        result: exit + (asText(item['aggregated_output']) ?? ''),
      };
    }
    case 'file_change': {
      const changes = asList(item['changes']).map((each) => {
        const change = asRecord(each);
        return `${asText(change?.['kind']) ?? 'change'} ${asText(change?.['path']) ?? ''}`.trim();
      });
      return {
        tool,
        title: changes.join(', ') || tool,
        input: { changes: item['changes'] },
        result: changes.join('\n'),
      };
    }
    case 'mcp_tool_call': {
      const error = asRecord(item['error']);
      const name = `${asText(item['server']) ?? ''}.${asText(item['tool']) ?? ''}`;
      const result =
        error === undefined ? JSON.stringify(item['result'] ?? '') : (asText(error['message']) ?? 'failed');
      return { tool: name, title: name, input: item['arguments'], result };
    }
    case 'web_search':
      return { tool, title: `web search: ${asText(item['query']) ?? ''}`, input: { query: item['query'] }, result: '' };
    default:
      return { tool, title: tool, result: '' };
  }
}

function todoText(item: WireRecord): string {
  return asList(item['items'])
    .map((each) => {
      const todo = asRecord(each);
      return `${todo?.['completed'] === true ? '[x]' : '[ ]'} ${asText(todo?.['text']) ?? ''}`;
    })
    .join('\n');
}
