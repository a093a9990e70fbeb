/** The keys of `[[hooks]]` and `[[watch]]`. */
import { suggest } from '../../lib/suggest.ts';
import { HOOK_EVENTS, type HookEvent } from '../../model/hook.ts';
import { table } from '../key-table.ts';
import * as v from '../value-key.ts';
import type { Reading, ValueKey } from '../value-key.ts';

export const hookKeys = {
  name: v.text({
    default_text: 'required',
    description: 'Unique; its completion is the event `hook.<name>.completed`.',
  }),
  event: hookEvents({ description: `When it runs: ${HOOK_EVENTS.map((event) => `\`${event}\``).join(', ')}.` }),
  command: v.texts({
    default: [],
    default_text: 'this or `url`',
    items: 'program and arguments',
    description: 'What is started; no shell is involved.',
  }),
  url: v.httpUrl({ default: '', shown: v.shownUrl, description: 'What is requested instead of a command.' }),
  secret_ref: v.secretRef({ default: '', description: '`url`: signs the request as Standard Webhooks.' }),
  timeout: v.duration({ default: '10s', description: 'It is given up after so long.' }),
  match: table({
    description: 'Only automations of this kind; empty matches all.',
    fields: {
      agent: v.text({ default: '', description: "The agent's name." }),
      workspace: v.text({ default: '', description: 'A workspace, by path or name.' }),
      automation: v.text({ default: '', description: "The automation's name." }),
    },
  }),
};

export const watchKeys = {
  workspace: v.text({ default_text: 'required', description: 'The watched workspace, by path or name.' }),
  paths: v.texts({
    default_text: 'required',
    min: 1,
    items: 'patterns',
    description: 'What to watch, from its folder on.',
  }),
  debounce: v.duration({ default: '2s', description: 'Changes this close together are one `file.changed` event.' }),
};

/** One event or a list of them. */
function hookEvents(p: { description: string }): ValueKey<HookEvent[] | undefined> {
  return {
    kind: 'value',
    type: 'text or list of texts',
    description: p.description,
    written: undefined,
    default_text: 'required',
    fallback: undefined,
    read: (value) => (Array.isArray(value) ? readEvents(value) : readEvents([value])),
  };
}

function readEvents(values: readonly unknown[]): Reading<HookEvent[]> {
  if (values.length === 0) return { ok: false, code: 'required', message: 'Name at least one event.' };
  const events: HookEvent[] = [];
  for (const [index, value] of values.entries()) {
    const at = values.length > 1 ? { at: [index] } : {};
    if (typeof value !== 'string') {
      const message = `An event is text in quotes, not ${v.describeValue(value)}.`;
      return { ok: false, code: 'wrong_type', message, ...at };
    }
    const known = HOOK_EVENTS.find((event) => event === value);
    if (known === undefined) {
      const meant = suggest(value, HOOK_EVENTS);
      const advice = meant ? `Did you mean "${meant}"?` : `Known are ${HOOK_EVENTS.join(', ')}.`;
      const message = `${JSON.stringify(value.slice(0, 60))} is no event that hooks run at. ${advice}`;
      return { ok: false, code: 'unknown_value', message, ...at };
    }
    if (!events.includes(known)) events.push(known);
  }
  return { ok: true, value: events };
}
