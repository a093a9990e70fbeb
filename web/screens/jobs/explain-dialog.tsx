/** Asks the daemon what became of an instant of a job, or will, and why; its answer is one sentence. */
import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiJob } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';

export function ExplainDialog(p: { job: ApiJob; open: boolean; onOpenChange: (open: boolean) => void }) {
  const [at, setAt] = useState('');
  const last = p.job.last_run?.scheduled_at;
  const asked = at === '' ? last : at;
  const zone = p.job.next_fires[0]?.zone ?? p.job.schedule?.timezone;
  const query = useQuery({
    queryKey: ['jobs', p.job.id, 'explain', asked],
    queryFn: ({ signal }) => daemon.jobs.explain(p.job.id, asked === undefined ? {} : { at: asked }, { signal }),
    enabled: p.open,
  });
  return (
    <Dialog.Root open={p.open} onOpenChange={p.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">Why did {p.job.name} run, or not?</Dialog.Title>
          <div className="dialog-text">
            <TextField
              label="At"
              type="datetime-local"
              value={at}
              onChange={setAt}
              hint={`${zone === undefined ? '' : `on the clock of ${zone}; `}${last === undefined ? 'now' : 'the last instant'}, when empty`}
            />
            <Loaded of={query}>
              {({ sentence, runs }) => (
                <>
                  <p className="explain-sentence">
                    <Sentence of={sentence} />
                  </p>
                  <ul>
                    {runs.map((run) => (
                      <li key={run.id}>
                        <StatusMark status={run.status} />{' '}
                        <Link to="/runs/$id" params={{ id: run.id }}>
                          Attempt {run.attempt}, {statusWord(run)}
                        </Link>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </Loaded>
          </div>
          <div className="dialog-actions">
            <Dialog.Close className="button">Close</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
