/**
 * The port's reading of sessions as a list, and the conversation that an automation goes on with. Part of the store; the
 * rules at the top of store.ts hold here too.
 */
import type { EpochMs } from '../model/instant.ts';
import type { Session } from '../model/session.ts';
import type { Page } from './page.ts';

export interface SessionQuery {
  agent_name?: string;
  automation_id?: string;
  workspace_id?: string;
  /** Inclusive and exclusive bounds of `started_at`. */
  since?: EpochMs;
  until?: EpochMs;
  limit?: number;
  cursor?: string;
}

/** The agent's own conversation that an automation resumes, with what it has grown to. */
export interface ContinuedSession {
  automation_id: string;
  agent_name: string;
  /** Conversations belong to a folder: in another one the agent would not find it. */
  cwd: string;
  /** The agent's own identity of the conversation. */
  agent_session_id: string;
  /** Runs that took part in it. */
  turns: number;
  /** What they used together. */
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
  begun_at: EpochMs;
  /** The newest of them. */
  last_run_id: string;
}

export interface SessionListStore {
  /** Newest first by `started_at`, then by the order of creation. `limit` as for runs. Throws `invalid_cursor`. */
  listSessions(p: { query: SessionQuery }): Promise<Page<Session>>;

  findContinuedSession(p: { automation_id: string }): Promise<ContinuedSession | undefined>;
  /**
   * Keeps the conversation for the automation's next run, in place of the one before. A `last_run_id` that stands there
   * already changes nothing, so the step may be repeated. Forgotten with the automation.
   */
  keepContinuedSession(p: { session: ContinuedSession }): Promise<void>;
  /** The next run begins a new conversation. */
  forgetContinuedSession(p: { automation_id: string }): Promise<void>;
}
