/** Claude Code, `claude --print`: https://code.claude.com/docs/en/headless. Read from 2.1. */
import type { RunUsage } from '../../../model/run.ts';
import { asAmount, asList, asRecord, asText, asWords, type WireRecord } from '../../wire-value.ts';
import type { AnswerSheet } from '../../answer-sheet.ts';
import { endOfOptions, hasFlag, type Preset } from '../preset.ts';

export const claude: Preset = {
  args({ given, promptVia, resumeSessionId }) {
    const args = [...given];
    if (!hasFlag(args, '-p', '--print')) args.push('--print');
    if (!hasFlag(args, '--output-format')) args.push('--output-format', 'stream-json');
    // The program refuses stream-json without it.
    if (args.some((arg) => arg.includes('stream-json')) && !hasFlag(args, '--verbose')) args.push('--verbose');
    if (resumeSessionId !== undefined) args.push('--resume', resumeSessionId);
    return [...args, ...endOfOptions(args, promptVia)];
  },
  reader: ({ sheet }) => {
    const used = new MessageUsage();
    const toolNames = new Map<string, string>();
    return (event) => {
      sheet.session(asWords(event['session_id']));
      switch (event['type']) {
        case 'system':
          return tellStart(sheet, event);
        case 'assistant':
          used.take(event);
          if (used.total !== undefined) sheet.use(used.total);
          return takeAssistant(sheet, event, toolNames);
        case 'user':
          return takeToolResults(sheet, event, toolNames);
        case 'rate_limit_event':
          return takeRateLimit(sheet, event);
        case 'result':
          return takeResult(sheet, event);
        default:
          return;
      }
    };
  },
  login: 'Run `claude` once as the user that runs Rouse and log in, or give it ANTHROPIC_API_KEY in `env`.',
  lostSession: /No conversation found with session ID/i,
};

function tellStart(sheet: AnswerSheet, event: WireRecord): void {
  if (event['subtype'] !== 'init') return;
  const version = asWords(event['claude_code_version']);
  const model = asWords(event['model']);
  sheet.notice(
    `Claude Code${version === undefined ? '' : ` ${version}`}${model === undefined ? '' : `, model ${model}`}.`,
  );
}

function takeAssistant(sheet: AnswerSheet, event: WireRecord, toolNames: Map<string, string>): void {
  const subagent = typeof event['parent_tool_use_id'] === 'string';
  for (const part of asList(asRecord(event['message'])?.['content']).map(asRecord)) {
    if (part?.['type'] === 'text') sheet.say(asText(part['text']) ?? '', { subagent });
    if (part?.['type'] === 'thinking') sheet.think(asText(part['thinking']) ?? '');
    if (part?.['type'] !== 'tool_use') continue;
    const id = asText(part['id']) ?? '';
    const tool = asWords(part['name']) ?? 'tool';
    toolNames.set(id, tool);
    sheet.toolCall({ id, tool, title: titleOf(tool, asRecord(part['input'])), input: part['input'] });
  }
}

/** The argument that says most, where there is one. */
function titleOf(tool: string, input: WireRecord | undefined): string {
  const telling = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'description'];
  const found = telling.map((name) => asWords(input?.[name])).find((text) => text !== undefined);
  return found === undefined ? tool : `${tool}: ${found}`;
}

function takeToolResults(sheet: AnswerSheet, event: WireRecord, toolNames: Map<string, string>): void {
  for (const part of asList(asRecord(event['message'])?.['content']).map(asRecord)) {
    if (part?.['type'] !== 'tool_result') continue;
    const id = asText(part['tool_use_id']) ?? '';
    const content = part['content'];
    const text =
      asText(content) ??
      asList(content)
        .map((each) => asText(asRecord(each)?.['text']) ?? '')
        .join('\n');
    sheet.toolResult({ id, tool: toolNames.get(id) ?? 'tool', text, failed: part['is_error'] === true });
  }
}

function takeRateLimit(sheet: AnswerSheet, event: WireRecord): void {
  const info = asRecord(event['rate_limit_info']);
  const resetsAt = asAmount(info?.['resetsAt']);
  if (info?.['status'] === 'rejected' && resetsAt !== undefined) sheet.exhausted(resetsAt * 1000);
}

function takeResult(sheet: AnswerSheet, event: WireRecord): void {
  const usage = finalUsage(event);
  if (usage !== undefined) sheet.use(usage);
  const denials = asList(event['permission_denials']).map((each) => asWords(asRecord(each)?.['tool_name']) ?? 'a tool');
  if (denials.length > 0) {
    sheet.notice(
      `Not permitted: ${[...new Set(denials)].join(', ')}. Allow tools with --allowedTools in the agent’s \`command\`.`,
    );
  }
  const subtype = asWords(event['subtype']) ?? 'success';
  const result = asText(event['result']);
  if (event['is_error'] === true || subtype !== 'success') {
    const errors = asList(event['errors'])
      .map(asText)
      .filter((text) => text !== undefined);
    sheet.stopDetail(subtype);
    return sheet.fail({ message: result ?? (errors.join('; ') || subtype) });
  }
  if (result !== undefined) sheet.answer(result);
}

/** Over all models, so that what subagents used is in it. Cached input is input: it is read, and paid for. */
function finalUsage(event: WireRecord): RunUsage | undefined {
  const models = Object.values(asRecord(event['modelUsage']) ?? {}).map(asRecord);
  const cost = asAmount(event['total_cost_usd']);
  const costPart = cost === undefined ? {} : { cost_usd: cost };
  if (models.length > 0) {
    const sum = (...names: string[]): number =>
      models.reduce((all, model) => all + names.reduce((own, name) => own + (asAmount(model?.[name]) ?? 0), 0), 0);
    return {
      input_tokens: sum('inputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens'),
      output_tokens: sum('outputTokens'),
      ...costPart,
    };
  }
  const usage = asRecord(event['usage']);
  if (usage === undefined) return cost === undefined ? undefined : costPart;
  return { ...tokensOf(usage), ...costPart };
}

function tokensOf(usage: WireRecord): { input_tokens: number; output_tokens: number } {
  const input = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];
  return {
    input_tokens: input.reduce((sum, name) => sum + (asAmount(usage[name]) ?? 0), 0),
    output_tokens: asAmount(usage['output_tokens']) ?? 0,
  };
}

/** What the messages so far have used; one message comes in several events, with its numbers in each. */
class MessageUsage {
  readonly #done: RunUsage & { input_tokens: number; output_tokens: number } = { input_tokens: 0, output_tokens: 0 };
  #current: { id: string; input_tokens: number; output_tokens: number } | undefined;

  take(event: WireRecord): void {
    const message = asRecord(event['message']);
    const usage = asRecord(message?.['usage']);
    // Answers that the program makes up itself, such as its error messages, used nothing.
    if (usage === undefined || message?.['model'] === '<synthetic>') return;
    const id = `${asText(event['parent_tool_use_id']) ?? ''} ${asText(message?.['id']) ?? ''}`;
    if (this.#current !== undefined && this.#current.id !== id) {
      this.#done.input_tokens += this.#current.input_tokens;
      this.#done.output_tokens += this.#current.output_tokens;
    }
    this.#current = { id, ...tokensOf(usage) };
  }

  get total(): RunUsage | undefined {
    if (this.#current === undefined) return undefined;
    return {
      input_tokens: this.#done.input_tokens + this.#current.input_tokens,
      output_tokens: this.#done.output_tokens + this.#current.output_tokens,
    };
  }
}
