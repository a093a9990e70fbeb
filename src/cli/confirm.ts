/** Asks before something is destroyed. Where nobody can be asked, it must have been said beforehand. */
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Returns when the answer is yes; else throws, so that nothing behind it happens. */
export async function confirm(terminal: Terminal, p: { question: string; yes: boolean | undefined }): Promise<void> {
  if (p.yes) return;
  if (!terminal.interactive) {
    throw new UsageError(
      'This cannot be undone, and there is nobody to ask.',
      'Add --yes to do it without a question.',
    );
  }
  const answer = (await terminal.ask(`${p.question} [y/N] `)).trim().toLowerCase();
  if (answer === 'y' || answer === 'yes') return;
  throw new UsageError('Nothing was changed.', 'Answer y to go ahead, or add --yes.');
}
