/** Gemini CLI, `gemini --output-format stream-json`: https://geminicli.com/docs/cli/headless. Read from 0.61. */
import { asAmount, asRecord, asText, asWords, type WireRecord } from '../../wire-value.ts';
import type { AnswerSheet } from '../../answer-sheet.ts';
import { hasFlag, type Preset } from '../preset.ts';

export const gemini: Preset = {
  args({ given, promptVia, resumeSessionId }) {
    const args = [...given];
    if (!hasFlag(args, '-o', '--output-format')) args.push('--output-format', 'stream-json');
    if (resumeSessionId !== undefined) args.push('--resume', resumeSessionId);
    // It takes no prompt behind `--`.
    if (promptVia === 'argument' && !args.some((arg) => arg.includes('{prompt}'))) args.push('--prompt={prompt}');
    return args;
  },
  reader: ({ sheet }) => {
    const toolNames = new Map<string, string>();
    return (event) => {
      sheet.session(asWords(event['session_id']));
      switch (event['type']) {
        case 'init':
          return sheet.notice(`Gemini CLI, model ${asWords(event['model']) ?? 'unknown'}.`);
        case 'message':
          if (event['role'] !== 'assistant') return;
          return sheet.say(asText(event['content']) ?? '', { goesOn: event['delta'] === true });
        case 'tool_use': {
          const id = asText(event['tool_id']) ?? '';
          const tool = asWords(event['tool_name']) ?? 'tool';
          toolNames.set(id, tool);
          const command = asWords(asRecord(event['parameters'])?.['command']);
          const title = command === undefined ? tool : `${tool}: ${command}`;
          return sheet.toolCall({ id, tool, title, input: event['parameters'] });
        }
        case 'tool_result': {
          const id = asText(event['tool_id']) ?? '';
          const failed = event['status'] === 'error';
          const text = asText(event['output']) ?? asText(asRecord(event['error'])?.['message']) ?? '';
          return sheet.toolResult({ id, tool: toolNames.get(id) ?? 'tool', text, failed });
        }
        case 'error':
          return sheet.notice(asText(event['message']) ?? 'an error without words');
        case 'result':
          return takeResult(sheet, event);
        default:
          // `--output-format json`: one document without a type.
          return takeDocument(sheet, event);
      }
    };
  },
  login: 'Run `gemini` once as the user that runs Rouse and log in, or give it GEMINI_API_KEY in `env`.',
  lostSession: /(?:Invalid|No|Unknown) session|Error resuming session|session .*not found/i,
};

function takeResult(sheet: AnswerSheet, event: WireRecord): void {
  const stats = asRecord(event['stats']);
  const input = asAmount(stats?.['input_tokens']);
  const output = asAmount(stats?.['output_tokens']);
  if (input !== undefined && output !== undefined) sheet.use({ input_tokens: input, output_tokens: output });
  const error = asRecord(event['error']);
  if (event['status'] === 'error') sheet.fail({ message: asText(error?.['message']) ?? 'it failed', data: error });
}

function takeDocument(sheet: AnswerSheet, event: WireRecord): void {
  const models = Object.values(asRecord(asRecord(event['stats'])?.['models']) ?? {}).map(
    (model) => asRecord(asRecord(model)?.['tokens']) ?? {},
  );
  const sum = (...names: string[]): number =>
    models.reduce((all, tokens) => all + names.reduce((own, name) => own + (asAmount(tokens[name]) ?? 0), 0), 0);
  if (models.length > 0) {
    sheet.use({ input_tokens: sum('prompt', 'tool'), output_tokens: sum('candidates', 'thoughts') });
  }
  const response = asText(event['response']);
  if (response !== undefined) sheet.say(response);
  const error = asRecord(event['error']);
  if (error !== undefined) sheet.fail({ message: asText(error['message']) ?? 'it failed', data: error });
}
