/**
 * Turns an agent's `session/update` notifications into transcript entries, the final answer and the usage.
 *
 * The final answer is what the agent said after its last tool call; if it said nothing after it, then what it said
 * last before. So an agent's running commentary ("I'll look at the tests now") is in the transcript, not in the answer.
 */
import type { Clock } from '../../clock/clock.ts';
import { OUTPUT_BYTES_MAX } from '../agent-driver.ts';
import { harmlessText, HeadTailText } from '../bounded-text.ts';
import { delayedCall } from '../delayed-call.ts';
import type { EntrySink } from '../entry-sink.ts';
import { contentText, planText, toolContentText } from './content-text.ts';
import { ToolCalls, type ToolCallState } from './tool-call.ts';
import { UsageAccount } from './usage.ts';
import type { RunUsage } from '../../model/run.ts';
import { asAmount, asList, asRecord, asText, asWords, type WireRecord } from '../wire-value.ts';

/** Usage may be reported with every token; a reader and a budget are served by one report per second. */
const USAGE_REPORT_MS = 1_000;

export class UpdateReporter {
  readonly usage = new UsageAccount();
  readonly toolCalls = new ToolCalls();
  readonly #sink: EntrySink;
  readonly #answer = new HeadTailText(OUTPUT_BYTES_MAX);
  #answerEnded = false;
  #answerMessageId: string | undefined;
  #sessionId: string | undefined;
  #replaying = false;
  /** The latest `usage_update` that was not reported yet. */
  #usageUpdate: WireRecord | undefined;
  readonly #reportUsageLater: { arm(): void; cancel(): void };

  readonly #onUsage: (usage: RunUsage) => void;

  constructor(p: { clock: Clock; sink: EntrySink; onUsage: (usage: RunUsage) => void }) {
    this.#sink = p.sink;
    this.#onUsage = p.onUsage;
    this.#reportUsageLater = delayedCall(p.clock, USAGE_REPORT_MS, () => this.#reportUsage());
  }

  /** While an old session is loaded the agent tells it again: that is history, it stands in earlier transcripts. */
  set replaying(value: boolean) {
    this.#replaying = value;
  }

  set sessionId(value: string) {
    this.#sessionId = value;
  }

  get output(): string {
    return this.#answer.text();
  }

  /** Reports what was still held back. */
  finish(): void {
    this.#reportUsageLater.cancel();
    this.#reportUsage();
    this.#sink.flush();
  }

  take(params: unknown): void {
    const notification = asRecord(params);
    const update = asRecord(notification?.['update']);
    const kind = asWords(update?.['sessionUpdate']);
    if (update === undefined || kind === undefined) {
      this.#sink.report({
        kind: 'notice',
        text: 'The agent sent an update that cannot be read.',
        detail: { raw: params },
      });
      return;
    }
    if (this.#replaying) {
      if (kind === 'usage_update') this.usage.update(update);
      return;
    }
    // Updates of another session are a subagent's: part of the story, not of the answer.
    const own = this.#sessionId === undefined || notification?.['sessionId'] === this.#sessionId;
    this.#takeKind(kind, update, own);
  }

  #takeKind(kind: string, update: WireRecord, own: boolean): void {
    switch (kind) {
      case 'agent_message_chunk':
        return this.#takeMessage(update, own);
      case 'agent_thought_chunk':
        return this.#sink.stream('thought', contentText(update['content']), chunkDetail(update));
      case 'tool_call':
      case 'tool_call_update':
        return this.#takeToolCall(update, own);
      case 'plan':
        return this.#sink.report({
          kind: 'plan',
          text: planText(update['entries']),
          detail: { entries: update['entries'] },
        });
      case 'usage_update':
        if (own) this.usage.update(update);
        this.#usageUpdate = update;
        return this.#reportUsageLater.arm();
      default:
        return this.#sink.report({
          kind: 'notice',
          text: noticeText(kind, update),
          detail: { update: kind, raw: update },
        });
    }
  }

  #takeMessage(update: WireRecord, own: boolean): void {
    const text = contentText(update['content']);
    this.#sink.stream('message', text, chunkDetail(update));
    if (!own) return;
    const messageId = asWords(update['messageId']);
    if (this.#answerEnded) {
      this.#answer.clear();
      this.#answerEnded = false;
    } else if (messageId !== undefined && (this.#answerMessageId ?? messageId) !== messageId) {
      this.#answer.push('\n\n');
    }
    this.#answerMessageId = messageId;
    this.#answer.push(harmlessText(text));
  }

  #takeToolCall(update: WireRecord, own: boolean): void {
    const { call, before } = this.toolCalls.merge(update);
    if (own && before === undefined) this.#answerEnded = true;
    if (call.status === 'completed' || call.status === 'failed') {
      if (before === undefined) this.#reportCall(call);
      if (before?.status !== call.status) this.#reportResult(call);
      return;
    }
    // A running tool may repeat its growing output with every update; the result brings it once, whole.
    const told = before !== undefined && before.title === call.title && before.status === call.status;
    if (!told || (before.input === undefined && call.input !== undefined)) this.#reportCall(call);
  }

  #reportCall(call: ToolCallState): void {
    this.#sink.report({ kind: 'tool_call', text: call.title, detail: { ...callDetail(call), input: call.input } });
  }

  #reportResult(call: ToolCallState): void {
    const text = toolContentText(call.content) || asText(call.output) || `${call.title}: ${call.status}`;
    this.#sink.report({ kind: 'tool_result', text, detail: { ...callDetail(call), output: call.output } });
  }

  #reportUsage(): void {
    const update = this.#usageUpdate;
    this.#usageUpdate = undefined;
    if (update === undefined) return;
    const used = asAmount(update['used']);
    const size = asAmount(update['size']);
    const { total } = this.usage;
    if (total !== undefined) this.#onUsage(total);
    const cost = total?.cost_usd;
    const context = used === undefined ? '' : ` ${used}${size === undefined ? '' : ` of ${size}`} tokens in context`;
    const price = cost === undefined ? '' : `${context === '' ? '' : ','} ${cost} USD so far`;
    this.#sink.report({
      kind: 'notice',
      text: `Usage:${context}${price}${context + price === '' ? ' reported' : ''}.`,
      detail: { update: 'usage_update', raw: update, usage: this.usage.total },
    });
  }
}

function chunkDetail(update: WireRecord): Record<string, unknown> | undefined {
  const messageId = asWords(update['messageId']);
  return messageId === undefined ? undefined : { message_id: messageId };
}

function callDetail(call: ToolCallState): Record<string, unknown> {
  return { tool_call_id: call.id, tool: call.tool, tool_kind: call.kind, title: call.title, status: call.status };
}

/** One line for what has no kind of its own in a transcript; the whole update stands in the detail. */
function noticeText(kind: string, update: WireRecord): string {
  switch (kind) {
    case 'available_commands_update':
      return `The agent offers ${asList(update['availableCommands']).length} commands.`;
    case 'current_mode_update':
      return `The agent's mode is now ${asText(update['currentModeId']) ?? 'unknown'}.`;
    case 'session_info_update':
      return asWords(update['title']) === undefined
        ? 'The session’s description changed.'
        : `The session is called: ${asText(update['title'])}`;
    case 'notice':
      return [asWords(update['title']), asWords(update['description'])].filter((text) => text !== undefined).join(': ');
    case 'user_message_chunk':
      return contentText(update['content']);
    default:
      return `The agent reported: ${kind}`;
  }
}
