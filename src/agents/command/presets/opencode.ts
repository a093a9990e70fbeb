/** OpenCode, `opencode run --format json`: https://opencode.ai/docs/cli. Read from 1.18. */
import { asAmount, asRecord, asText, asWords, type WireRecord } from '../../wire-value.ts';
import type { AnswerSheet } from '../../answer-sheet.ts';
import { endOfOptions, hasFlag, type Preset } from '../preset.ts';

export const opencode: Preset = {
  args({ given, promptVia, resumeSessionId }) {
    const args = given.includes('run') ? [...given] : [...given, 'run'];
    if (!hasFlag(args, '--format')) args.push('--format', 'json');
    if (resumeSessionId !== undefined) args.push('--session', resumeSessionId);
    return [...args, ...endOfOptions(args, promptVia)];
  },
  reader: ({ sheet }) => {
    const used = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
    return (event) => {
      sheet.session(asWords(event['sessionID']));
      const part = asRecord(event['part']);
      switch (event['type']) {
        case 'text':
          return sheet.say(asText(part?.['text']) ?? '');
        case 'reasoning':
          return sheet.think(asText(part?.['text']) ?? '');
        case 'tool_use':
          return takeTool(sheet, part ?? {});
        case 'step_finish':
          addStep(used, part ?? {});
          return sheet.use({ ...used });
        case 'error': {
          const error = asRecord(event['error']);
          const data = asRecord(error?.['data']);
          return sheet.fail({ message: asText(data?.['message']) ?? asWords(error?.['name']) ?? 'it failed', data });
        }
        default:
          return;
      }
    };
  },
  login: 'Run `opencode auth login` once as the user that runs Rouse, or give it the provider’s key in `env`.',
  lostSession: /session not found/i,
};

function takeTool(sheet: AnswerSheet, part: WireRecord): void {
  const id = asText(part['callID']) ?? '';
  const tool = asWords(part['tool']) ?? 'tool';
  const state = asRecord(part['state']) ?? {};
  sheet.toolCall({ id, tool, title: asWords(state['title']) ?? tool, input: state['input'] });
  const failed = state['status'] === 'error';
  sheet.toolResult({ id, tool, text: asText(state[failed ? 'error' : 'output']) ?? '', failed });
}

/** Each step has its own numbers. Cached input is input; reasoning is output. */
function addStep(used: { input_tokens: number; output_tokens: number; cost_usd: number }, part: WireRecord): void {
  const tokens = asRecord(part['tokens']);
  const cache = asRecord(tokens?.['cache']);
  used.input_tokens +=
    (asAmount(tokens?.['input']) ?? 0) + (asAmount(cache?.['read']) ?? 0) + (asAmount(cache?.['write']) ?? 0);
  used.output_tokens += (asAmount(tokens?.['output']) ?? 0) + (asAmount(tokens?.['reasoning']) ?? 0);
  used.cost_usd += asAmount(part['cost']) ?? 0;
}
