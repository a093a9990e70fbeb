/** What the catalogue says of one error, as data; the tables of the nouns are made of these. */
import type { ExitCode } from './exit-code.ts';

export interface CatalogEntry<Data> {
  /** A few words, the same for every error of this code (RFC 9457 `title`). */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  readonly exitCode: ExitCode;
  /** Whether the same request, sent again later and unchanged, can succeed. */
  readonly retryable: boolean;
  /** What to do next. */
  readonly hint: string;
  message(data: Data): string;
}

/** Names the data type of one entry; the compiler infers the rest of the table from it. */
export function entry<Data = NoData>(parts: CatalogEntry<Data>): CatalogEntry<Data> {
  return parts;
}

type NoData = Record<never, never>;
