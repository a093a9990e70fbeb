/**
 * The port's way of forgetting. Every step is bounded by `limit` rows, so that whoever shares the database waits for
 * milliseconds; `more` says that another step would find work. What was spent per day, and what automations were told,
 * outlives it all. Part of the store; the rules at the top of store.ts hold here too.
 */
import type { EpochMs } from '../model/instant.ts';

export interface RetentionStore {
  /**
   * Takes the transcripts of ended sessions away, oldest end first: of those that ended before `before`, and of others as
   * long as all transcripts together weigh more than `bytes_max`. null = no such bound. A session whose entries are all
   * gone says so (`transcript_removed_at` = `now`) and stays, with its run, its answer and its usage.
   */
  pruneTranscripts(p: {
    now: EpochMs;
    before: EpochMs | null;
    bytes_max: number | null;
    limit: number;
  }): Promise<{ entries: number; sessions: number; more: boolean }>;

  /**
   * Deletes finished runs with their sessions, oldest first by `created_at`: those created before `before`, and those
   * beyond the newest `count_max`. null = no such bound. A run created at or after `keep_since` stays, whatever the
   * bounds say, because limits and budgets still count it; so does one whose fire has an unfinished attempt, and one whose task is not done.
   */
  pruneRuns(p: {
    before: EpochMs | null;
    count_max: number | null;
    keep_since: EpochMs;
    limit: number;
  }): Promise<{ runs: number; more: boolean }>;
}
