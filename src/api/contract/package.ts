/** Packages: folders with a `rouse-package.toml`. */
import { z } from 'zod';
import { instantText, nextCursor } from './wire-text.ts';

export const packageView = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    kind: z.enum(['folder', 'npm']),
    spec: z.string().describe('What was asked for.'),
    path: z.string().describe('The folder of its manifest.'),
    added_at: instantText,
  })
  .meta({ id: 'Package' });

export const packagePage = z.strictObject({ packages: z.array(packageView), next_cursor: nextCursor });

export const packageInput = z
  .strictObject({
    spec: z
      .string()
      .min(1)
      .max(4096)
      .describe('The absolute path of a folder on the machine of the daemon, or a name in the npm registry.'),
  })
  .meta({ id: 'PackageInput' });
