/** What can be done with a trigger: on or off, edit, and the rest in a menu. */
import { Menu } from '@base-ui/react/menu';
import { Switch } from '@base-ui/react/switch';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import type { ApiTrigger } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { announce } from '../../parts/announcer.tsx';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';

export function TriggerActions({ trigger, onEdit }: { trigger: ApiTrigger; onEdit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  if (!mayWrite) return null;
  const isOurs = trigger.source === 'dynamic';
  return (
    <>
      <TriggerSwitch trigger={trigger} />
      {isOurs && (
        <button type="button" className="button" onClick={onEdit}>
          Edit
        </button>
      )}
      {(isOurs || trigger.overlay !== undefined) && (
        <Menu.Root>
          <Menu.Trigger className="button button-icon" aria-label="More actions" data-row-actions>
            <Ellipsis size={16} aria-hidden />
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Positioner className="menu-place" align="end" sideOffset={4}>
              <Menu.Popup className="menu">
                {trigger.overlay !== undefined && (
                  <Menu.Item className="menu-item" onClick={() => void clearOverlay(trigger)}>
                    Follow the file’s switch again
                  </Menu.Item>
                )}
                {isOurs && (
                  <Menu.Item className="menu-item menu-item-danger" onClick={() => setDeleting(true)}>
                    Delete…
                  </Menu.Item>
                )}
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.Root>
      )}
      <ConfirmAction
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${trigger.name}?`}
        action="Delete trigger"
        danger
        act={() => daemon.triggers.remove(trigger.id)}
        done={`${trigger.name} was deleted.`}
        areas={['triggers', 'runs', 'timeline']}
        onDone={() => void navigate({ to: '/triggers' })}
      >
        <p>Nothing wakes it any more. Runs that wait are canceled, one that runs goes on, and the history stays.</p>
      </ConfirmAction>
    </>
  );
}

async function clearOverlay(trigger: ApiTrigger): Promise<void> {
  await daemon.triggers.clearOverlay(trigger.id);
  announce(`${trigger.name} follows its file again.`);
  await cache.invalidateQueries({ queryKey: ['triggers'] });
}

/** Shows what the daemon has confirmed, and waits while it is asked. */
function TriggerSwitch({ trigger }: { trigger: ApiTrigger }) {
  const change = useMutation({
    mutationFn: (enabled: boolean) =>
      trigger.source === 'dynamic'
        ? daemon.triggers.update(trigger.id, { enabled })
        : daemon.triggers.setOverlay(trigger.id, { enabled_override: enabled }),
    onSuccess: async ({ trigger: changed }) => {
      announce(`${trigger.name} is ${changed.effective_enabled ? 'on' : 'off'}.`);
      await cache.invalidateQueries({ queryKey: ['triggers'] });
    },
  });
  return (
    <span className="switch-place">
      <Switch.Root
        className="switch"
        checked={trigger.effective_enabled}
        disabled={change.isPending}
        onCheckedChange={(enabled) => change.mutate(enabled)}
        aria-label="Is woken by its event"
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      <span className="small soft" aria-hidden>
        {trigger.effective_enabled ? 'On' : 'Off'}
      </span>
      <ProblemNotice error={change.error} />
    </span>
  );
}
