/** What can be done with a job: on or off, now, and the rest in a menu. */
import { Menu } from '@base-ui/react/menu';
import { Switch } from '@base-ui/react/switch';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis, Play } from 'lucide-react';
import { useState } from 'react';
import type { ApiJob } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { announce } from '../../parts/announcer.tsx';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { BackfillDialog } from './backfill-dialog.tsx';
import { ExplainDialog } from './explain-dialog.tsx';

type Open = 'delete' | 'backfill' | 'explain' | undefined;

export function JobActions({ job, onEdit }: { job: ApiJob; onEdit: () => void }) {
  const [open, setOpen] = useState<Open>();
  const navigate = useNavigate();
  const mayWrite = useMayWrite();
  const close = (is: boolean): void => setOpen(is ? open : undefined);
  const isOurs = job.source === 'dynamic';
  return (
    <>
      {mayWrite && <JobSwitch job={job} />}
      <ActionButton
        act={() => daemon.jobs.trigger(job.id)}
        done={`${job.name} was accepted to run.`}
        areas={['runs', 'jobs']}
        className="button"
      >
        <Play size={14} aria-hidden /> Run now
      </ActionButton>
      {mayWrite && isOurs && (
        <button type="button" className="button" onClick={onEdit}>
          Edit
        </button>
      )}
      <Menu.Root>
        <Menu.Trigger className="button button-icon" aria-label="More actions" data-row-actions>
          <Ellipsis size={16} aria-hidden />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner className="menu-place" align="end" sideOffset={4}>
            <Menu.Popup className="menu">
              <Menu.Item className="menu-item" onClick={() => setOpen('explain')}>
                Why did it (not) run?
              </Menu.Item>
              {mayWrite && (
                <Menu.Item className="menu-item" onClick={() => setOpen('backfill')}>
                  Run instants of the past…
                </Menu.Item>
              )}
              {mayWrite && job.overlay !== undefined && (
                <Menu.Item className="menu-item" onClick={() => void clearOverlay(job)}>
                  Follow the file’s switch again
                </Menu.Item>
              )}
              {mayWrite && isOurs && (
                <Menu.Item className="menu-item menu-item-danger" onClick={() => setOpen('delete')}>
                  Delete…
                </Menu.Item>
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <ExplainDialog job={job} open={open === 'explain'} onOpenChange={close} />
      <BackfillDialog job={job} open={open === 'backfill'} onOpenChange={close} />
      <ConfirmAction
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete ${job.name}?`}
        action="Delete job"
        danger
        act={() => daemon.jobs.remove(job.id)}
        done={`${job.name} was deleted.`}
        areas={['jobs', 'runs', 'timeline']}
        onDone={() => void navigate({ to: '/jobs' })}
      >
        <p>It fires no more. Runs that wait are canceled, one that runs goes on, and the history stays.</p>
      </ConfirmAction>
    </>
  );
}

async function clearOverlay(job: ApiJob): Promise<void> {
  await daemon.jobs.clearOverlay(job.id);
  announce(`${job.name} follows its file again.`);
  await cache.invalidateQueries({ queryKey: ['jobs'] });
}

/** Shows what the daemon has confirmed, and waits while it is asked. */
function JobSwitch({ job }: { job: ApiJob }) {
  const change = useMutation({
    mutationFn: (enabled: boolean) =>
      job.source === 'dynamic'
        ? daemon.jobs.update(job.id, { enabled })
        : daemon.jobs.setOverlay(job.id, { enabled_override: enabled }),
    onSuccess: async ({ job: changed }) => {
      announce(`${job.name} is ${changed.effective_enabled ? 'on' : 'off'}.`);
      await cache.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  return (
    <span className="switch-place">
      <Switch.Root
        className="switch"
        checked={job.effective_enabled}
        disabled={change.isPending}
        onCheckedChange={(enabled) => change.mutate(enabled)}
        aria-label="Fires by its schedule"
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      <span className="small soft" aria-hidden>
        {job.effective_enabled ? 'On' : 'Off'}
      </span>
      <ProblemNotice error={change.error} />
    </span>
  );
}
