/** Something that is so or not, with what that means. */
import { type ReactNode, useId } from 'react';
import './field.css';

export function CheckField(p: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="check">
      <input
        id={id}
        type="checkbox"
        checked={p.checked}
        aria-describedby={p.hint === undefined ? undefined : `${id}note`}
        onChange={(event) => p.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{p.label}</label>
      {p.hint !== undefined && (
        <p id={`${id}note`} className="field-note">
          {p.hint}
        </p>
      )}
    </div>
  );
}
