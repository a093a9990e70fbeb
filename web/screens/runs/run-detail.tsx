/** One run: what became of it and why, what was said, what it used, and what can be done about it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { isFinished } from '../../../src/model/run.ts';
import { daemon } from '../../data/daemon.ts';
import { runOf } from '../../data/runs.ts';
import { useMayWrite } from '../../data/session.ts';
import { useNames } from '../../data/use-names.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { PermissionQuestion } from '../../parts/permission-question.tsx';
import { Sentence } from '../../parts/sentence.tsx';
import { StatusMark, statusWord } from '../../parts/status-mark.tsx';
import { automationOf } from '../../text/run-text.ts';
import { RunFacts } from './run-facts.tsx';
import { RunStory } from './run-story.tsx';
import { Transcript } from './transcript.tsx';
import './run-detail.css';

export function RunDetail() {
  const id = useParams({ strict: false }).id ?? '';
  const query = useQuery(runOf(id));
  return (
    <Loaded of={query} title="Run">
      {(run) => <RunPage run={run} />}
    </Loaded>
  );
}

type Detail = Awaited<ReturnType<typeof daemon.runs.get>>;

function RunPage({ run }: { run: Detail }) {
  const name = automationOf(run, useNames());
  return (
    <>
      <PageHead
        title={name}
        mark={<StatusMark status={run.status} />}
        lead={
          <>
            <span className={`run-status-${run.status}`}>{statusWord(run)}</span>
            {run.attempt > 1 && ` · attempt ${run.attempt}`}
            {' · '}
            {run.trigger_id !== undefined && (
              <Link to="/triggers/$id" params={{ id: run.trigger_id }}>
                its trigger
              </Link>
            )}
            {run.job_id !== undefined && (
              <Link to="/jobs/$id" params={{ id: run.job_id }}>
                its job
              </Link>
            )}
            {' · '}
            <code>{run.id}</code>
          </>
        }
        actions={<RunActions run={run} />}
      />
      {run.permission !== undefined && (
        <div className="notice run-question">
          <p>
            <b>{name} asks:</b> {run.permission.title}
          </p>
          <PermissionQuestion run={run} />
        </div>
      )}
      {run.waiting !== undefined && run.permission === undefined && (
        <p className="notice run-question">
          <Sentence of={run.waiting.sentence} />
        </p>
      )}
      {run.error !== undefined && (
        <pre className={run.status === 'failed' ? 'notice notice-failed run-question' : 'notice run-question'}>
          <Sentence of={run.error} />
        </pre>
      )}
      <div className="run-columns">
        <div className="run-side">
          <RunStory run={run} />
          <RunFacts run={run} />
        </div>
        <Transcript run={run} />
      </div>
    </>
  );
}

function RunActions({ run }: { run: Detail }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const mayWrite = useMayWrite();
  if (!mayWrite) return null;
  if (!isFinished(run.status)) {
    return (
      <ConfirmAction
        open={asking}
        onOpenChange={setAsking}
        button="Cancel run"
        title="Cancel this run?"
        action="Cancel run"
        danger
        act={() => daemon.runs.cancel(run.id)}
        done="The run is asked to end."
        areas={['runs', 'run']}
      >
        <p>
          {run.status === 'running'
            ? 'Its agent is asked to stop, then stopped with everything that it started. What it did so far stays done.'
            : 'It will not start. Its row stays, with the reason.'}
        </p>
      </ConfirmAction>
    );
  }
  return (
    <ActionButton
      act={() => daemon.runs.retry(run.id)}
      done="A new attempt was accepted."
      areas={['runs', 'jobs']}
      className="button"
      onDone={(next) => void navigate({ to: '/runs/$id', params: { id: next.id } })}
    >
      Retry
    </ActionButton>
  );
}
