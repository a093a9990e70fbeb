/** Every migration in order. The list is code and not a folder listing, so that a bundle carries it. */
import { firstSchema } from './0001-first-schema.ts';
import { credentials } from './0002-credentials.ts';
import { activations } from './0003-activations.ts';
import { secrets } from './0004-secrets.ts';
import { deliveries } from './0005-deliveries.ts';
import { tasks } from './0006-tasks.ts';
import { retention } from './0007-retention.ts';
import { nodes } from './0008-nodes.ts';
import { hookCalls } from './0009-hook-calls.ts';
import { requests } from './0010-requests.ts';
import { packages } from './0011-packages.ts';
import { uptimes } from './0012-uptimes.ts';
import type { Migration } from './migration.ts';
import { nodeLabels } from './0013-node-labels.ts';

export const allMigrations: readonly Migration[] = [
  firstSchema,
  credentials,
  activations,
  secrets,
  deliveries,
  tasks,
  retention,
  nodes,
  hookCalls,
  requests,
  packages,
  uptimes,
  nodeLabels,
];
