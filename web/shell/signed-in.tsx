/** As whom this browser is signed in, and the way out. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { daemon } from '../data/daemon.ts';
import { ownSession, useMayWrite } from '../data/session.ts';
import { ProblemNotice } from '../parts/problem-notice.tsx';

export function SignedIn() {
  const session = useQuery(ownSession()).data;
  const mayWrite = useMayWrite();
  const leave = useMutation({
    mutationFn: () => daemon.session.signOut(),
    // Nothing of what was seen stays in memory.
    onSuccess: () => location.assign('/'),
  });
  if (session === undefined) return null;
  return (
    <>
      {!mayWrite && <p className="read-only">This session may look, and change nothing.</p>}
      {session.kind === 'page' && (
        <button
          type="button"
          className="button button-plain shell-command"
          disabled={leave.isPending}
          onClick={() => leave.mutate()}
        >
          <LogOut size={14} aria-hidden /> <span className="shell-word">Sign out</span>
        </button>
      )}
      <ProblemNotice error={leave.error} />
    </>
  );
}
