/** Whether this browser is signed in, as far as the daemon's answers have shown. */
import { ExternalState } from './external-state.ts';

export const signedOut = new ExternalState(false);

export function noteSignedOut(): void {
  signedOut.set(true);
}
