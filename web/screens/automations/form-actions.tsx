/** The end of a form: what was refused, and the two ways out. */
import { ProblemNotice } from '../../parts/problem-notice.tsx';

export function FormActions(p: { verb: string; saving: { isPending: boolean; error: unknown }; onCancel: () => void }) {
  return (
    <>
      <ProblemNotice error={p.saving.error} />
      <div className="form-actions">
        <button type="submit" className="button button-primary" disabled={p.saving.isPending}>
          {p.verb}
        </button>
        <button type="button" className="button" onClick={p.onCancel}>
          Cancel
        </button>
      </div>
    </>
  );
}
