/** The keys, for whoever pressed `?`. */
import { Dialog } from '@base-ui/react/dialog';
import { SCREENS } from './screens.ts';

const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['/'], 'Search everything, and every command'],
  [['n'], 'A new job'],
  [['j', 'k'], 'Next and previous row'],
  [['Enter'], 'Open the row'],
  [['←', '→'], 'Along a lane of the time line'],
  [['.'], 'Actions of the row, or of what is open'],
  [['Esc'], 'Close what is open'],
  [['?'], 'These keys'],
];

export function KeyHelp(p: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={p.open} onOpenChange={p.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">Keys</Dialog.Title>
          <div className="keys">
            {KEYS.map(([keys, meaning]) => (
              <KeyRow key={meaning} keys={keys} meaning={meaning} />
            ))}
            {SCREENS.map(({ key, name }) => (
              <KeyRow key={key} keys={['g', key]} meaning={name} />
            ))}
          </div>
          <div className="dialog-actions">
            <Dialog.Close className="button">Close</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyRow({ keys, meaning }: { keys: readonly string[]; meaning: string }) {
  return (
    <p className="keys-row">
      <span className="keys-caps">
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </span>
      {meaning}
    </p>
  );
}
