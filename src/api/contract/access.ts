/** Who asks, and the one-time link by which a page signs in. */
import { z } from 'zod';
import { isAccessScope } from '../../model/access-scope.ts';
import { durationText, instantText, nextCursor } from './wire-text.ts';

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

export const token = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['token', 'page', 'run']).describe('`page`: a browser that signed in.'),
    name: z.string(),
    scopes,
    created_at: instantText,
    created_by: z.string(),
    expires_at: instantText.optional().describe('Absent: until it is revoked.'),
    last_used_at: instantText.optional().describe('Within a minute.'),
    expired: z.boolean().describe('Time has ended it. It is kept for a week and opens nothing.'),
    run_id: z.string().optional(),
  })
  .meta({ id: 'Token' });

export const tokenPage = z.strictObject({ tokens: z.array(token), next_cursor: nextCursor });

/** The scopes that somebody asks for; the text is the model's to judge. */
const wantedScopes = z
  .array(z.string().refine(isAccessScope))
  .min(1)
  .max(50)
  .describe('`read`, `write` (with `read`), `tasks`, `events:<prefix>`, `admin` (everything).');

export const tokenInput = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
      .describe('What it is for: lower-case letters, digits, dots, dashes and underscores, at most 64.'),
    scopes: wantedScopes,
    expires_in: durationText.optional().describe('Its life, such as `720h`; until it is revoked when absent.'),
  })
  .meta({ id: 'TokenInput' });

export const tokenRotation = z
  .strictObject({ expires_in: durationText.optional().describe('Its life from now on; its end stays when absent.') })
  .meta({ id: 'TokenRotation' });

export const issuedToken = z
  .strictObject({ token, secret: z.string().describe('Shown this once; what is stored is its hash.') })
  .meta({ id: 'IssuedToken' });
