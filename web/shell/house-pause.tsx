/** The switch for everything: shown only where it matters, as a sentence when everything is paused, else as a command. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { cache } from '../data/cache.ts';
import { daemon } from '../data/daemon.ts';
import { statusQuery } from '../data/house.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { useMayWrite } from '../data/session.ts';

export function HousePause() {
  const { data } = useQuery(statusQuery());
  const [asking, setAsking] = useState(false);
  const mayWrite = useMayWrite();
  const change = useMutation({
    mutationFn: (pause: boolean) => (pause ? daemon.pause() : daemon.resume()),
    onSuccess: async (state) => {
      setAsking(false);
      announce(state.paused ? 'Everything is paused.' : 'Everything goes on.');
      await cache.invalidateQueries({ queryKey: ['status'] });
    },
  });
  if (data === undefined || !mayWrite) return null;
  const { paused, by } = data.automation;
  if (paused) {
    return (
      <button
        type="button"
        className="button shell-command"
        disabled={by === 'config' || change.isPending}
        title={by === 'config' ? 'The configuration says enabled = false; only the file ends that.' : undefined}
        onClick={() => change.mutate(false)}
      >
        <Play size={14} aria-hidden /> <span className="shell-word">Resume all</span>
      </button>
    );
  }
  return (
    <>
      <button type="button" className="button button-plain shell-command" onClick={() => setAsking(true)}>
        <Pause size={14} aria-hidden /> <span className="shell-word">Pause all</span>
      </button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Pause everything?"
        action="Pause all"
        busy={change.isPending}
        onConfirm={() => change.mutate(true)}
      >
        <p>
          Nothing is planned and nothing starts until you resume. What runs now goes on. Instants that come due
          meanwhile leave one row each, so nothing is lost from the account.
        </p>
        <ProblemNotice error={change.error} />
      </ConfirmDialog>
    </>
  );
}
