/**
 * The store port, chapter channel: nodes that share a store tell one another that something happened. Only a bell: what
 * is told may be lost, and nothing is true because of it. Whoever relies on the rows alone is merely later.
 */
export interface NodeChannel {
  /** Tells the other nodes, soon. Never fails; longer texts than {@link CHANNEL_BYTES_MAX} are not sent. */
  tell(text: string): void;
  /** Hears what other nodes tell, from now on. `missed`: the connection was away for a while, so look at everything. */
  listen(listener: (heard: { text: string } | { missed: true }) => void): () => void;
}

/** In UTF-8. The server refuses 8,000. */
export const CHANNEL_BYTES_MAX = 7_500;
