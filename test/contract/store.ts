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
import { describeInvariants } from './store-invariants.ts';
import { describeLists } from './store-lists.ts';
import { describeOccurrences } from './store-occurrences.ts';
import { describePlanning } from './store-planning.ts';
import { describeSecrets } from './store-secrets.ts';
import { describeTasks } from './store-tasks.ts';
import { describeSurroundings } from './store-surroundings.ts';

export function describeStoreContract(name: string, openStore: OpenStore): void {
  describe(`the store "${name}"`, () => {
    describeDefinitions(openStore);
    describePlanning(openStore);
    describeClaiming(openStore);
    describeExecution(openStore);
    describeTasks(openStore);
    describeAccount(openStore);
    describeAccountPauses(openStore);
    describeAccountInstants(openStore);
    describeAccountMoney(openStore);
    describeAccountSlots(openStore);
    describeLists(openStore);
    describeSurroundings(openStore);
    describeAccess(openStore);
    describeActivations(openStore);
    describeOccurrences(openStore);
    describeSecrets(openStore);
    describeDeliveries(openStore);
    describeInvariants(openStore);
  });
}
