/**
 * The contract of the store port: what every adapter must do, on a real database. Run by `store-*.test.ts` beside it,
 * each of which says how its kind of store is opened; the chapters are the `store-…` files without `.test`.
 */
import { describe, expect, test } from 'vitest';
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
import type { OpenStore, StoreUnderTest } from './store-fixture.ts';
import { describeHooks } from './store-hooks.ts';
import { describeInvariants } from './store-invariants.ts';
import { describeLists } from './store-lists.ts';
import { describeNodeClaims } from './store-node-claims.ts';
import { describePermissionReplies } from './store-permission-replies.ts';
import { describeNodes } from './store-nodes.ts';
import { describeOccurrences } from './store-occurrences.ts';
import { describePlanning } from './store-planning.ts';
import { describePackages } from './store-packages.ts';
import { describeRequests } from './store-requests.ts';
import { describeSecrets } from './store-secrets.ts';
import { describeTasks } from './store-tasks.ts';
import { describeUptimes } from './store-uptimes.ts';
import { describeRetention } from './store-retention.ts';
import { describeSessions } from './store-sessions.ts';
import { describeSurroundings } from './store-surroundings.ts';
import type { Store } from '../../src/store/store.ts';

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
  uptimes: describeUptimes,
  'claims of nodes': describeNodeClaims,
  'permission replies': describePermissionReplies,
  invariants: describeInvariants,
} satisfies Record<string, (openStore: OpenStore) => void>;

/** The adapter's steps are those of the port, because it is typed so; the last test says that each of them was taken. */
export function describeStoreContract(name: string, openStore: OpenStore): void {
  const steps: StepsTaken = { all: new Set(), taken: new Set() };
  describe(`the store "${name}"`, () => {
    for (const [chapter, describeChapter] of Object.entries(CHAPTERS)) {
      // Apart from one another: each chapter opens the store that its tests use, and only for them.
      describe(chapter, () => {
        describeChapter(async () => watched(await openStore(), steps));
      });
    }

    test('every step of the port was taken by one of these tests', () => {
      expect([...steps.all].filter((step) => !steps.taken.has(step))).toEqual([]);
      expect(steps.taken.size).toBeGreaterThan(80);
    });
  });
}

interface StepsTaken {
  all: Set<string>;
  taken: Set<string>;
}

function watched(opened: StoreUnderTest, steps: StepsTaken): StoreUnderTest {
  return {
    store: watchedStore(opened.store, steps),
    reopen: async () => watchedStore(await opened.reopen(), steps),
    dispose: () => opened.dispose(),
  };
}

function watchedStore(store: Store, steps: StepsTaken): Store {
  for (const [name, member] of Object.entries(store)) if (typeof member === 'function') steps.all.add(name);
  return new Proxy(store, {
    get(target, name, receiver) {
      if (typeof name === 'string' && steps.all.has(name)) steps.taken.add(name);
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}
