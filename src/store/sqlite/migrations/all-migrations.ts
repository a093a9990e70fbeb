/** Every migration in order. The list is code and not a folder listing, so that a bundle carries it. */
import type { Migration } from './migration.ts';
import { firstSchema } from './0001-first-schema.ts';
import { spendingDays } from './0002-spending-days.ts';
import { credentials } from './0003-credentials.ts';
import { activations } from './0004-activations.ts';
import { secrets } from './0005-secrets.ts';
import { accountedInstants } from './0006-accounted-instants.ts';
import { deliveries } from './0007-deliveries.ts';
import { tasks } from './0008-tasks.ts';
import { hookCalls } from './0009-hook-calls.ts';
import { requests } from './0010-requests.ts';
import { packages } from './0011-packages.ts';
import { retention } from './0012-retention.ts';
import { nodes } from './0013-nodes.ts';
import { uptimes } from './0014-uptimes.ts';
import { nodeLabels } from './0015-node-labels.ts';

export const allMigrations: readonly Migration[] = [
  firstSchema,
  spendingDays,
  credentials,
  activations,
  secrets,
  accountedInstants,
  deliveries,
  tasks,
  hookCalls,
  requests,
  packages,
  retention,
  nodes,
  uptimes,
  nodeLabels,
];
