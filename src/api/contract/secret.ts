/** A name in the vault. Values travel one way only. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

export const secret = z
  .strictObject({
    name: z.string(),
    ref: z.string().describe('How definitions refer to it: `vault:automation/<name>`.'),
    created_at: instantText,
    updated_at: instantText.describe('When its value was last stored.'),
  })
  .meta({ id: 'Secret' });

export const secretInput = z
  .strictObject({ value: z.string().min(1).describe('At most 64 KiB. Never shown again.') })
  .meta({ id: 'SecretInput' });

export const keyRotation = z
  .strictObject({
    rotation: z.strictObject({
      resealed: z.int().describe('Values that were sealed anew.'),
      key_from: z.enum(['environment', 'file']).describe('Where the key is that they are sealed with now.'),
    }),
  })
  .meta({ id: 'KeyRotation' });
