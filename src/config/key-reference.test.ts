import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';
import { memoryConfigFiles } from './testing/memory-config-files.ts';
import { renderReferencePage } from './key-reference.ts';

const file = join(import.meta.dirname, '../../docs/reference/configuration.md');

// `npx vitest run src/config/key-reference.test.ts -u` writes the tables anew.
test('the reference page and the key table agree', async () => {
  const { page, missing, unknown } = renderReferencePage(await readFile(file, 'utf8'));
  expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
  await expect(page).toMatchFileSnapshot(file);
});

test('every example on the page loads without a problem', async () => {
  const page = await readFile(file, 'utf8');
  const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(examples.length).toBeGreaterThan(3);
  const files = memoryConfigFiles({ '/home/rouse.toml': examples.join('\n') }, { folders: ['/u/src/checkout-api'] });
  const config = await loadConfig({ home: '/home', now: 0, workspaces: [], files, userHome: '/u' });
  expect(config.problems).toEqual([]);
  expect(config.jobs.map((job) => job.name)).toEqual(['weekday-review']);
  expect(config.triggers.map((trigger) => trigger.name)).toEqual(['deploy-webhook']);
});
