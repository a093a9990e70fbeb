/** What can be done with a job beside what can be done with every automation: run it now, explain it, look back. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { ApiJob } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { AutomationActions } from '../automations/automation-actions.tsx';
import { BackfillDialog } from './backfill-dialog.tsx';
import { ExplainDialog } from './explain-dialog.tsx';

type Open = 'backfill' | 'explain' | undefined;

export function JobActions({ job, onEdit }: { job: ApiJob; onEdit: () => void }) {
  const [open, setOpen] = useState<Open>();
  const mayWrite = useMayWrite();
  const close = (is: boolean): void => setOpen(is ? open : undefined);
  return (
    <>
      <AutomationActions
        of={job}
        onEdit={onEdit}
        main={
          <ActionButton
            act={() => daemon.jobs.trigger(job.id)}
            done={`${job.name} was accepted to run.`}
            areas={['runs', 'jobs']}
            className="button"
          >
            <Play size={14} aria-hidden /> Run now
          </ActionButton>
        }
        commands={[
          { word: 'Why did it (not) run?', choose: () => setOpen('explain') },
          ...(mayWrite ? [{ word: 'Run instants of the past…', choose: () => setOpen('backfill') }] : []),
        ]}
      />
      <ExplainDialog job={job} open={open === 'explain'} onOpenChange={close} />
      <BackfillDialog job={job} open={open === 'backfill'} onOpenChange={close} />
    </>
  );
}
