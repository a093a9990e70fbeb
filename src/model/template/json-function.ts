/** `json`: a value as JSON, keys in the order in which maps print, so that the same data gives the same text. */
import type { FormatBudget } from './formatter.ts';
import { outsideText } from './byte-text.ts';
import { EnvelopeRoot } from './template-envelope.ts';
import { TemplateMistake } from './template-problem.ts';
import {
  Complex,
  Float,
  Integer,
  isWhole,
  sortedKeys,
  typeInWords,
  valueOf,
  type MapValue,
  type Value,
} from './value.ts';

const indentMax = 8;
const depthMax = 500;

class JsonWriter {
  readonly #budget: FormatBudget;
  readonly #indent: string;
  text = '';

  constructor(budget: FormatBudget, indent: number) {
    this.#budget = budget;
    this.#indent = ' '.repeat(indent);
  }

  #write(text: string): void {
    this.text += text;
    this.#budget.spend(1 + (text.length >> 6));
    if (this.text.length > this.#budget.lengthMax) {
      throw new TemplateMistake(
        `the JSON grows beyond ${this.#budget.lengthMax} characters; print less of the data`,
        -1,
      );
    }
  }

  value(value: Value, depth: number): void {
    if (depth > depthMax) throw new TemplateMistake(`the value lies more than ${depthMax} levels deep`, -1);
    if (value === null || typeof value === 'boolean') this.#write(String(value));
    else if (typeof value === 'string') this.#write(JSON.stringify(outsideText(value)));
    else if (typeof value === 'number') this.#number(value);
    else if (value instanceof Integer) this.#write(String(value.value));
    else if (value instanceof Float) this.#number(value.value);
    else if (value instanceof Complex) throw new TemplateMistake(`JSON cannot hold ${typeInWords(value)}`, -1);
    else if (Array.isArray(value)) this.#list(value, depth);
    else if (value instanceof EnvelopeRoot) this.#map(wireFields(value), depth);
    else this.#map(value as MapValue, depth);
  }

  #number(value: number): void {
    this.#write(isWhole(value) ? String(value) : JSON.stringify(value));
  }

  #line(depth: number): void {
    if (this.#indent !== '') this.#write(`\n${this.#indent.repeat(depth)}`);
  }

  #list(list: readonly unknown[], depth: number): void {
    this.#write('[');
    list.forEach((item, index) => {
      if (index > 0) this.#write(',');
      this.#line(depth + 1);
      this.value(valueOf(item), depth + 1);
    });
    if (list.length > 0) this.#line(depth);
    this.#write(']');
  }

  #map(map: MapValue, depth: number): void {
    const keys = sortedKeys(map);
    this.#write('{');
    keys.forEach((key, index) => {
      if (index > 0) this.#write(',');
      this.#line(depth + 1);
      this.#write(`${JSON.stringify(key.toWellFormed())}:${this.#indent === '' ? '' : ' '}`);
      this.value(valueOf(map[key]), depth + 1);
    });
    if (keys.length > 0) this.#line(depth);
    this.#write('}');
  }
}

/** The envelope as it travels. */
function wireFields(root: EnvelopeRoot): MapValue {
  const { Kind, Scope, WorkspaceID, Source, Data, ID, OccurredAt } = root;
  return {
    kind: Kind,
    scope: Scope,
    source: Source,
    data: Data,
    ...(WorkspaceID === '' ? {} : { workspace_id: WorkspaceID }),
    ...(ID === '' ? {} : { id: ID }),
    ...(OccurredAt === '' ? {} : { occurred_at: OccurredAt }),
  };
}

/** `json VALUE` on one line, `json 2 VALUE` indented by two spaces. */
export function jsonFunction(args: readonly Value[], budget: FormatBudget): Value {
  const [first = null] = args;
  const indent = args.length === 1 ? 0 : Number(first instanceof Integer ? first.value : first);
  if (
    args.length === 2 &&
    !(Number.isInteger(indent) && indent >= 0 && indent <= indentMax && typeof first !== 'string')
  ) {
    throw new TemplateMistake(`the indent of json is a whole number from 0 to ${indentMax}: json 2 .Data`, -1);
  }
  const writer = new JsonWriter(budget, indent);
  writer.value(args.at(-1) ?? null, 0);
  return writer.text;
}
