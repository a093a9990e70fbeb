/** What the task of a delegating job must be: its channel, then its owner. */
import { isBlank, trimSpace } from '../../lib/go-text.ts';
import type { JobTaskConfig, Ownership } from '../job-task-config.ts';
import type { Problem } from '../problem.ts';
import type { Fields } from './fields.ts';
import { validateOwnerKind } from './single-values.ts';
import { validator } from './validator.ts';
import { shownValue, valueKind } from './value-kind.ts';

const taskFields = Object.keys({
  title: true,
  description: true,
  owner: true,
  network_channel: true,
} satisfies Record<keyof JobTaskConfig, true>);

const ownershipFields = Object.keys({ kind: true, ref: true } satisfies Record<keyof Ownership, true>);

const channelPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The channel rule itself. Not trimmed: who takes a channel from a person trims before. */
export function validateNetworkChannel(value: unknown, path = ''): Problem[] {
  if (typeof value === 'string' && channelPattern.test(value)) return [];
  const rule = 'up to 64 lower-case letters, digits, "_" and "-", beginning with a letter or digit';
  if (value !== undefined && value !== null && typeof value !== 'string') {
    return [{ path, code: 'wrong_type', message: `A channel is text (${rule}), not ${valueKind(value)}.` }];
  }
  return [{ path, code: 'invalid_format', message: `A channel is ${rule}.`, value: shownValue(value ?? '') }];
}

function checkChannel(fields: Fields): void {
  const channel = fields.text('network_channel');
  if (channel === undefined || isBlank(channel)) return;
  fields.take(validateNetworkChannel(trimSpace(channel), fields.at('network_channel')));
}

function checkOwnership(fields: Fields): void {
  fields.take(validateOwnerKind(fields.raw('kind'), fields.at('kind')));
  fields.required('ref', 'An owner needs a ref: which one of that kind it is.');
  fields.refuseUnknown(ownershipFields);
}

export function checkTask(fields: Fields): void {
  checkChannel(fields);
  const owner = fields.object('owner');
  if (owner !== undefined) checkOwnership(owner);
  fields.text('title');
  fields.text('description');
  fields.refuseUnknown(taskFields);
}

export const validateJobTaskConfig = validator(checkTask);
export const validateOwnership = validator(checkOwnership);
