/** What can be done with a job or a trigger: on or off, its main command, edit, and the rest in a menu. */
import { Menu } from '@base-ui/react/menu';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type ApiAutomation, clearOverlay, kindOf, removeAutomation } from '../../data/automations.ts';
import { cache } from '../../data/cache.ts';
import { useMayWrite } from '../../data/session.ts';
import { announce } from '../../parts/announcer.tsx';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { AutomationSwitch } from './automation-switch.tsx';

export interface MenuCommand {
  word: string;
  choose: () => void;
}

export function AutomationActions(p: {
  of: ApiAutomation;
  /** What is mostly wanted of it, as a button. */
  main?: ReactNode;
  /** Commands of its own kind, in the menu. */
  commands?: readonly MenuCommand[];
  onEdit: () => void;
}) {
  const { of } = p;
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const { word, area } = kindOf(of);
  const isOurs = mayWrite && of.source === 'dynamic';
  const follow = useMutation({
    mutationFn: () => clearOverlay(of),
    onSuccess: async () => {
      announce(`${of.name} follows its file again.`);
      await cache.invalidateQueries({ queryKey: [area] });
    },
  });
  const commands: MenuCommand[] = [
    ...(p.commands ?? []),
    ...(mayWrite && of.overlay !== undefined
      ? [{ word: 'Follow the file’s switch again', choose: () => follow.mutate() }]
      : []),
  ];
  return (
    <>
      {mayWrite && <AutomationSwitch of={of} />}
      {p.main}
      {isOurs && (
        <button type="button" className="button" onClick={p.onEdit}>
          Edit
        </button>
      )}
      {(commands.length > 0 || isOurs) && (
        <Menu.Root>
          <Menu.Trigger className="button button-icon" aria-label="More actions" data-row-actions>
            <Ellipsis size={16} aria-hidden />
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Positioner className="menu-place" align="end" sideOffset={4}>
              <Menu.Popup className="menu">
                {commands.map(({ word: text, choose }) => (
                  <Menu.Item key={text} className="menu-item" onClick={choose}>
                    {text}
                  </Menu.Item>
                ))}
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
      <ProblemNotice error={follow.error} />
      <ConfirmAction
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${of.name}?`}
        action={`Delete ${word}`}
        danger
        act={() => removeAutomation(of)}
        done={`${of.name} was deleted.`}
        areas={[area, 'runs', 'timeline']}
        onDone={() => void navigate({ to: area === 'jobs' ? '/jobs' : '/triggers' })}
      >
        <p>
          {word === 'job' ? 'It fires no more.' : 'Nothing wakes it any more.'} Runs that wait are canceled, one that
          runs goes on, and the history stays.
        </p>
      </ConfirmAction>
    </>
  );
}
