import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OWN_EVENTS } from '../src/model/event-kind.ts';

it('the reference page of events names every event that Rouse tells', async () => {
  const page = await readFile(join(import.meta.dirname, '../docs/reference/events.md'), 'utf8');
  for (const event of Object.keys(OWN_EVENTS)) expect(page).toContain(`\`${event}\``);
});
