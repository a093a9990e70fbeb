/** The use of each UTC day by automation and agent, added up as runs end. It stays when runs are deleted. */
import type { EpochMs } from '../../model/instant.ts';
import type { RunUsage } from '../../model/run.ts';
import { ADD_TO_DAY, type UsageDayRow, dayValues, selectUsageDays, usageDayOf } from '../rows/usage-day.ts';
import type { UsageDay } from '../account-store.ts';
import type { Connection } from './database.ts';

/** Enters a run into the account of the day it ended on, however long before that it began. */
export async function addToUsageDay(
  connection: Connection,
  p: { now: EpochMs; automationId: string; agentName: string; usage: RunUsage | undefined },
): Promise<void> {
  await connection.run(ADD_TO_DAY, ...dayValues(p));
}

export async function listUsageDays(
  connection: Connection,
  p: { since_day: string; automation_id?: string; limit: number },
): Promise<UsageDay[]> {
  const { sql, values } = selectUsageDays(p);
  return (await connection.all<UsageDayRow>(sql, ...values)).map(usageDayOf);
}
