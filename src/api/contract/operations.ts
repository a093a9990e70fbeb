/** The whole HTTP API, put together from the operations of each noun; the names are those of route-table.ts. */
import { accessOperations } from './access-operations.ts';
import { agentOperations } from './agent-operations.ts';
import { configOperations } from './config-operations.ts';
import { daemonOperations } from './daemon-operations.ts';
import { deliveryOperations } from './delivery-operations.ts';
import { hookOperations } from './hook-operations.ts';
import { jobOperations } from './job-operations.ts';
import { nodeOperations } from './node-operations.ts';
import { packageOperations } from './package-operations.ts';
import { runOperations } from './run-operations.ts';
import { scheduleOperations } from './schedule-operations.ts';
import { secretOperations } from './secret-operations.ts';
import { sessionOperations } from './session-operations.ts';
import { taskOperations } from './task-operations.ts';
import { triggerOperations } from './trigger-operations.ts';
import { usageOperations } from './usage-operations.ts';
import { workspaceOperations } from './workspace-operations.ts';
import type { Operation } from './operation.ts';
import type { OperationName } from './route-table.ts';

export const operations = {
  ...jobOperations,
  ...triggerOperations,
  ...deliveryOperations,
  ...hookOperations,
  ...scheduleOperations,
  ...runOperations,
  ...usageOperations,
  ...agentOperations,
  ...workspaceOperations,
  ...sessionOperations,
  ...secretOperations,
  ...taskOperations,
  ...configOperations,
  ...daemonOperations,
  ...accessOperations,
  ...packageOperations,
  ...nodeOperations,
} satisfies Record<OperationName, Operation>;

export type Operations = typeof operations;
