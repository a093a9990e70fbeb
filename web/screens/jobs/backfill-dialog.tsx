/** Runs instants of a past range: first shows which they are, then creates what was shown. */
import { Dialog } from '@base-ui/react/dialog';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiBackfill, ApiJob } from '../../../src/client/client.ts';
import { cache } from '../../data/cache.ts';
import { daemon } from '../../data/daemon.ts';
import { announce } from '../../parts/announcer.tsx';
import { TextField } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { plural } from '../../text/amount-text.ts';
import { wallText } from '../../text/time-text.ts';

const STATE_TEXT = { new: 'would run', exists: 'was asked for before', ran: 'ran already' } as const;

export function BackfillDialog(p: { job: ApiJob; open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={p.open} onOpenChange={p.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">Run instants of the past</Dialog.Title>
          <BackfillContent job={p.job} onDone={() => p.onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function BackfillContent({ job, onDone }: { job: ApiJob; onDone: () => void }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const look = useMutation({ mutationFn: () => daemon.jobs.backfill(job.id, { from, to, dry_run: true }) });
  const create = useMutation({
    mutationFn: () => daemon.jobs.backfill(job.id, { from, to }),
    onSuccess: async ({ runs }) => {
      announce(`${plural(runs.length, 'run')} accepted.`);
      onDone();
      await cache.invalidateQueries({ queryKey: ['runs'] });
    },
  });
  const change = (set: (value: string) => void) => (value: string) => {
    set(value);
    // What was looked at is not what would be created any more.
    look.reset();
    create.reset();
  };
  const fresh = look.data?.instants.filter(({ state }) => state === 'new').length ?? 0;
  const zone = job.next_fires[0]?.zone ?? job.schedule?.timezone;
  return (
    <>
      <div className="dialog-text">
        <p>They wait behind live fires, and the fire limit spreads them. Asking twice creates nothing twice.</p>
        <div className="form-pair">
          <TextField label="From" type="datetime-local" value={from} onChange={change(setFrom)} />
          <TextField label="To" type="datetime-local" value={to} onChange={change(setTo)} />
        </div>
        {zone !== undefined && <p className="small">On the clock of {zone}; both ends belong to it.</p>}
        {look.data !== undefined && <Instants backfill={look.data} />}
        <ProblemNotice error={look.error ?? create.error} />
      </div>
      <div className="dialog-actions">
        <Dialog.Close className="button">Close</Dialog.Close>
        {look.data === undefined ? (
          <button
            type="button"
            className="button button-primary"
            disabled={from === '' || to === '' || look.isPending}
            onClick={() => look.mutate()}
          >
            Show what would run
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            disabled={fresh === 0 || create.isPending}
            onClick={() => create.mutate()}
          >
            Create {plural(fresh, 'run')}
          </button>
        )}
      </div>
    </>
  );
}

function Instants({ backfill }: { backfill: ApiBackfill }) {
  if (backfill.instants.length === 0) return <p>The schedule names no instant in that range.</p>;
  return (
    <ol className="instants">
      {backfill.instants.map(({ at, local, state }) => (
        <li key={at} data-new={state === 'new'}>
          <span>{local === undefined ? at : wallText(local)}</span>
          <span>{STATE_TEXT[state]}</span>
        </li>
      ))}
    </ol>
  );
}
