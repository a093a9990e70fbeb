/** How one try of a hook ended, whatever carried it out. */
export interface HookResult {
  ok: boolean;
  /** Standard output, or the body of the answer; bounded. */
  answer: string;
  /** One sentence. */
  detail: string;
  /** Another try makes no sense: whoever was told does not want to be. */
  final?: true;
}

/** What a hook is told. */
export interface HookTelling {
  /** Of the call; stays the same over its tries. */
  id: string;
  /** JSON. */
  body: string;
  /** Named in the environment of commands, besides what is in the body. */
  variables: Readonly<Record<string, string>>;
  /** Marks every process of it. */
  token: string;
  signal?: AbortSignal;
}

/** Answers are prompts at most. */
export const ANSWER_BYTES_MAX = 1024 * 1024;
/** So much of what it said is kept with the call. */
export const SAID_LENGTH_MAX = 500;

export function said(text: string): string {
  const clean = text.trim();
  if (clean === '') return '';
  return `: ${clean.length > SAID_LENGTH_MAX ? `${clean.slice(0, SAID_LENGTH_MAX)}…` : clean}`;
}
