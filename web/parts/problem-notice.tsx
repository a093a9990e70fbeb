/** What the daemon refused or nobody answered: its own words, and what to do next. */
import { ApiError } from '../../src/client/api-error.ts';

export function ProblemNotice({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const problem = error instanceof ApiError ? error : undefined;
  const text = problem?.detail ?? (error instanceof Error ? error.message : 'Something failed that has no name.');
  return (
    <div className="notice notice-failed" role="alert">
      <p>{text}</p>
      {problem !== undefined && problem.errors.length > 0 && (
        <ul className="notice-list">
          {problem.errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p className="notice-hint">
          {problem.hint} <code>{problem.code}</code>
        </p>
      )}
    </div>
  );
}
