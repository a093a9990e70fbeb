/** Says, on screen and to screen readers, what the daemon has confirmed. Nothing is said before. */
import { after } from '../clock/browser-clock.ts';
import { ExternalState, useExternal } from '../live/external-state.ts';

const SHOWN_MS = 5_000;
const said = new ExternalState('');
let forget: (() => void) | undefined;

export function announce(sentence: string): void {
  said.set(sentence);
  forget?.();
  forget = after(SHOWN_MS, () => said.set(''));
}

export function Announcer() {
  const sentence = useExternal(said);
  return (
    <output className="announcer" aria-live="polite" data-shown={sentence !== ''}>
      {sentence}
    </output>
  );
}
