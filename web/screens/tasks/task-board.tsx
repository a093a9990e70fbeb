/** Work that was handed over: who waits, who works, what is done. Leases tick while somebody holds one. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiTask } from '../../../src/client/client.ts';
import { useNow } from '../../clock/use-now.ts';
import { daemon } from '../../data/daemon.ts';
import { useMayWrite } from '../../data/session.ts';
import { tasksIn } from '../../data/tasks.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Ago } from '../../parts/moment.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { epochOf } from '../../text/time-text.ts';
import { spanText } from '../../../src/lib/span-text.ts';
import './task-board.css';

export function TaskBoard() {
  const queued = useQuery(tasksIn('queued'));
  const claimed = useQuery(tasksIn('claimed'));
  const completed = useQuery(tasksIn('completed'));
  const failed = useQuery(tasksIn('failed'));
  const canceled = useQuery(tasksIn('canceled'));
  const ended = [completed, failed, canceled]
    .flatMap(({ data }) => data?.tasks ?? [])
    .toSorted((a, b) => epochOf(b.updated_at) - epochOf(a.updated_at));
  const all = [queued, claimed, completed, failed, canceled];
  const isEmpty = all.every(({ data }) => data?.tasks.length === 0);
  return (
    <>
      <PageHead title="Tasks" lead="Work that is handed to people and other agents, which hold it under a lease." />
      <ProblemNotice error={all.find(({ error }) => error !== null)?.error} />
      {isEmpty ? (
        <div className="panel">
          <EmptyState title="Nothing was handed over yet">
            <p>
              A job with <code>task</code> makes one here at every fire, and <code>rouse tasks create</code> makes one
              by hand. Whoever works on tasks takes them with <code>rouse tasks claim</code>.
            </p>
          </EmptyState>
        </div>
      ) : (
        <div className="board">
          <Column title="Queue" tasks={queued.data?.tasks ?? []} none="Nothing waits." />
          <Column title="Claimed" tasks={claimed.data?.tasks ?? []} none="Nobody is at work." />
          <Column title="Done" tasks={ended} none="Nothing has ended yet." />
        </div>
      )}
    </>
  );
}

function Column({ title, tasks, none }: { title: string; tasks: readonly ApiTask[]; none: string }) {
  return (
    <section className="board-column" aria-label={title}>
      <h2 className="board-title">
        {title} <span className="faint">{tasks.length}</span>
      </h2>
      {tasks.length === 0 && <p className="faint small">{none}</p>}
      <ul className="board-tasks">
        {tasks.map((task) => (
          <TaskItem key={task.id} task={task} />
        ))}
      </ul>
    </section>
  );
}

const MARK = {
  queued: 'scheduled',
  claimed: 'running',
  completed: 'completed',
  failed: 'failed',
  canceled: 'canceled',
} as const;

function TaskItem({ task }: { task: ApiTask }) {
  const now = useNow();
  const mayWrite = useMayWrite();
  const [asking, setAsking] = useState(false);
  const { task_run: work } = task;
  const isOpen = task.status === 'queued' || task.status === 'claimed';
  const text = work.error ?? work.output ?? task.description;
  return (
    <li className="panel task" data-row>
      <p className="task-title">
        <StatusMark status={MARK[task.status]} label={task.status} /> {task.title}
      </p>
      {text !== undefined && <p className="task-text">{text}</p>}
      <p className="task-facts">
        {work.claimed_by !== undefined && <span>{work.claimed_by}</span>}
        {work.lease_expires_at !== undefined && (
          <span className="task-lease">
            lease ends in {spanText(Math.max(0, epochOf(work.lease_expires_at) - now))}
          </span>
        )}
        {task.owner !== undefined && (
          <span>
            for {task.owner.kind} {task.owner.ref}
          </span>
        )}
        {work.lapses > 0 && <span>{work.lapses} leases ran out</span>}
        <Ago at={task.updated_at} />
        {task.run_id !== undefined && (
          <Link to="/runs/$id" params={{ id: task.run_id }}>
            its run
          </Link>
        )}
        {isOpen && mayWrite && (
          <ConfirmAction
            open={asking}
            onOpenChange={setAsking}
            button="Cancel"
            title={`Cancel “${task.title}”?`}
            action="Cancel task"
            danger
            act={() => daemon.tasks.cancel(task.id)}
            done="The task was canceled."
            areas={['tasks', 'runs']}
          >
            <p>
              {task.status === 'claimed'
                ? 'Whoever works on it learns of it with the next heartbeat.'
                : 'Nobody will get it any more.'}
            </p>
          </ConfirmAction>
        )}
      </p>
    </li>
  );
}
