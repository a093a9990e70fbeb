/** Sessions and their transcripts, as part of the store port (store.ts). */
import type { Session, TranscriptEntry } from '../model/session.ts';

export interface SessionStore {
  /**
   * Appends entries (numbered by the one executor that writes this session, from 1 without holes). An entry whose
   * `seq` is stored already is left out, so the step may be repeated. `bytes` is what they add to the session, as far
   * as they are new; `truncated` stays once it was said. A session that does not exist takes nothing.
   */
  appendTranscript(p: {
    session_id: string;
    entries: readonly TranscriptEntry[];
    bytes: number;
    truncated: boolean;
  }): Promise<void>;
  getSession(p: { id: string }): Promise<Session | undefined>;
  /** Entries with `seq` > `after_seq`, ascending, at most `limit` (1 to 1000). */
  readTranscript(p: { session_id: string; after_seq: number; limit: number }): Promise<TranscriptEntry[]>;
}
