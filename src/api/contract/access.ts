/** Who asks, and the one-time link by which a page signs in. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

const scopes = z
  .array(z.string())
  .describe('`read`, `write` (with `read`), `tasks`, `events:<prefix>`, `admin` (everything).');

/** Not to be mixed up with the sessions of agents, which are conversations. */
export const ownSession = z
  .strictObject({
    kind: z
      .enum(['admin', 'token', 'page', 'run'])
      .describe("`admin`: the home's token. `page`: a page that signed in. `run`: the agent of a run."),
    id: z.string().optional().describe('Of the credential; absent for `admin`.'),
    name: z.string(),
    scopes,
    created_at: instantText.optional(),
    expires_at: instantText.optional(),
    run_id: z.string().optional(),
  })
  .meta({ id: 'OwnSession' });

export const signInInput = z
  .strictObject({ code: z.string().min(1).max(256).describe('What follows the `#` of the link.') })
  .meta({ id: 'SignInInput' });

export const signInLinkInput = z
  .strictObject({
    scopes: z
      .array(z.enum(['read', 'write', 'tasks', 'admin']))
      .min(1)
      .optional()
      .describe('What the page may do; everything when absent.'),
  })
  .meta({ id: 'SignInLinkInput' });

export const signInLink = z
  .strictObject({
    url: z.string().describe('Works once. The code stands behind the `#`, which browsers do not send.'),
    expires_at: instantText,
  })
  .meta({ id: 'SignInLink' });
