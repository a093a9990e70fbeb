/**
 * The contract of the store port: what every adapter must do, on a real database. Run by `store-*.test.ts` beside it,
 * each of which says how its kind of store is opened; the chapters are the `store-…` files without `.test`.
 */
import { describe } from 'vitest';
import { describeAccess } from './store-access.ts';
import { describeAccountInstants } from './store-account-instants.ts';
import { describeAccountMoney } from './store-account-money.ts';
import { describeAccountPauses } from './store-account-pauses.ts';
import { describeAccountSlots } from './store-account-slots.ts';
import { describeAccount } from './store-account.ts';
import { describeActivations } from './store-activations.ts';
import { describeClaiming } from './store-claiming.ts';
import { describeDefinitions } from './store-definitions.ts';
import { describeDeliveries } from './store-deliveries.ts';
import { describeExecution } from './store-execution.ts';
import type { OpenStore } from './store-fixture.ts';
import { describeHooks } from './store-hooks.ts';
import { describeInvariants } from './store-invariants.ts';
import { describeLists } from './store-lists.ts';
import { describeNodes } from './store-nodes.ts';
import { describeOccurrences } from './store-occurrences.ts';
import { describePlanning } from './store-planning.ts';
import { describePackages } from './store-packages.ts';
import { describeRequests } from './store-requests.ts';
import { describeSecrets } from './store-secrets.ts';
import { describeTasks } from './store-tasks.ts';
import { describeRetention } from './store-retention.ts';
import { describeSessions } from './store-sessions.ts';
import { describeSurroundings } from './store-surroundings.ts';

const CHAPTERS = {
  definitions: describeDefinitions,
  planning: describePlanning,
  claiming: describeClaiming,
  execution: describeExecution,
  tasks: describeTasks,
  account: describeAccount,
  'account: pauses': describeAccountPauses,
  'account: instants': describeAccountInstants,
  'account: money': describeAccountMoney,
  'account: slots': describeAccountSlots,
  lists: describeLists,
  surroundings: describeSurroundings,
  access: describeAccess,
  activations: describeActivations,
  occurrences: describeOccurrences,
  secrets: describeSecrets,
  deliveries: describeDeliveries,
  hooks: describeHooks,
  requests: describeRequests,
  packages: describePackages,
  sessions: describeSessions,
  retention: describeRetention,
  nodes: describeNodes,
  invariants: describeInvariants,
} satisfies Record<string, (openStore: OpenStore) => void>;

export type Chapter = keyof typeof CHAPTERS;

/** `done` names the chapters of what this adapter can do, all when absent; the others are shown as skipped. */
export function describeStoreContract(name: string, openStore: OpenStore, p: { done?: readonly Chapter[] } = {}): void {
  describe(`the store "${name}"`, () => {
    for (const [chapter, describeChapter] of Object.entries(CHAPTERS)) {
      const isDone = p.done?.includes(chapter as Chapter) ?? true;
      // Apart from one another: each chapter opens the store that its tests use, and only for them.
      describe.runIf(isDone)(chapter, () => {
        describeChapter(openStore);
      });
    }
  });
}
