/**
 * Conditions (`when`): CEL over the envelope, checked when they are written and bounded when they are evaluated.
 *
 * A condition is read twice: once as written, to check it and to say where it is wrong; and once with a meter in every
 * loop (metered.ts), which is what runs. It can neither read anything but the envelope nor take longer than the meter
 * lets it, whoever wrote the expression and whatever the payload says.
 */
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import type { ActivationEnvelope } from '../activation-envelope.ts';
import { celEnvelope } from './cel-envelope.ts';
import type { CelEnvelope } from './cel-envelope.ts';
import { celEnvironment, Meter } from './cel-environment.ts';
import { findForbiddenCall, meteredText } from './metered.ts';

export type ConditionAnswer =
  | { outcome: 'true' | 'false' }
  /** It could not be evaluated, which counts as false; the sentence says why. */
  | { outcome: 'error'; error: string };

export interface Condition {
  readonly text: string;
  evaluate(envelope: ActivationEnvelope): ConditionAnswer;
}

export type ParsedCondition =
  | { ok: true; condition: Condition }
  /** `position` counts characters from 0. */
  | { ok: false; message: string; position?: number };

export function parseCondition(text: string): ParsedCondition {
  const environment = celEnvironment();
  const refused = refusal(environment, text);
  if (refused !== undefined) return refused;
  const meter = new Meter();
  const metered = celEnvironment(meter);
  const program = metered.parse(meteredText(environment.parse(text).ast));
  const evaluate = (envelope: ActivationEnvelope): ConditionAnswer => {
    const view = celEnvelope(envelope);
    if ('tooLarge' in view) return { outcome: 'error', error: view.tooLarge };
    return run({ program, meter, view });
  };
  return { ok: true, condition: { text, evaluate } };
}

function refusal(environment: Environment, text: string): ParsedCondition | undefined {
  let ast: ASTNode;
  try {
    ast = environment.parse(text).ast;
  } catch (error) {
    return { ok: false, ...located(error) };
  }
  const forbidden = findForbiddenCall(ast);
  if (forbidden !== undefined) {
    const message =
      'matches() is not available, because a regular expression can take for ever; use contains(), startsWith(), endsWith() or ==.';
    return { ok: false, message, position: forbidden.start };
  }
  const checked = environment.check(text);
  if (!checked.valid) return { ok: false, ...located(checked.error) };
  if (checked.type === 'bool' || checked.type === 'dyn') return undefined;
  return { ok: false, message: `A condition is true or false; this one is a ${checked.type}.` };
}

/** The library's own sentence, without the picture of the source that it draws for terminals. */
function located(error: unknown): { message: string; position?: number } {
  const message = summaryOf(error);
  const range = (error as { range?: { start: number } } | undefined)?.range;
  const sentence = `${message}${message.endsWith('.') ? '' : '.'}`;
  return range === undefined
    ? { message: sentence }
    : { message: `${sentence} It is about character ${range.start + 1}.`, position: range.start };
}

function summaryOf(error: unknown): string {
  const { summary } = (error ?? {}) as { summary?: unknown };
  if (typeof summary === 'string') return summary;
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}

function run(p: { program: (context: object) => unknown; meter: Meter; view: CelEnvelope }): ConditionAnswer {
  p.meter.begin(p.view.size);
  let value: unknown;
  try {
    value = p.program(p.view.variables);
  } catch (error) {
    // A meter that ran out may come out as another error, or as none: && and || go on past errors.
    return { outcome: 'error', error: p.meter.spent ? p.meter.sentence : summaryOf(error) };
  }
  if (p.meter.spent) return { outcome: 'error', error: p.meter.sentence };
  if (typeof value === 'boolean') return { outcome: value ? 'true' : 'false' };
  return { outcome: 'error', error: 'the condition is neither true nor false for this event' };
}

/** So many different conditions are kept; triggers with the same text share one. */
const PARSED_MAX = 1000;
const parsed = new Map<string, ParsedCondition>();

/** Parsed once per text, as long as not too many others come in between. */
export function conditionOf(text: string): ParsedCondition {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const fresh = parseCondition(text);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, fresh);
  return fresh;
}
