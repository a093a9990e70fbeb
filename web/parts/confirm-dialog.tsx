/** Asks before something that cannot be taken back, or that stops other people's work. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';

export function ConfirmDialog(p: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** The verb on the button: what will happen, not "OK". */
  action: string;
  danger?: boolean;
  busy: boolean;
  onConfirm: () => void;
  children: ReactNode;
}) {
  return (
    <AlertDialog.Root open={p.open} onOpenChange={p.onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="veil" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title className="dialog-title">{p.title}</AlertDialog.Title>
          <AlertDialog.Description render={<div className="dialog-text" />}>{p.children}</AlertDialog.Description>
          <div className="dialog-actions">
            <AlertDialog.Close className="button">Keep as it is</AlertDialog.Close>
            <button
              type="button"
              className={p.danger === true ? 'button button-danger' : 'button button-primary'}
              disabled={p.busy}
              onClick={p.onConfirm}
            >
              {p.action}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
