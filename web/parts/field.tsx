/** A labelled field, with a word of advice under it, or what the daemon said about what was typed. */
import { type ReactNode, useId } from 'react';
import './field.css';

export function Field(p: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: (field: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode;
}) {
  const id = useId();
  const noteId = `${id}note`;
  const note = p.error ?? p.hint;
  return (
    <div className="field" data-wrong={p.error !== undefined}>
      <label htmlFor={id}>{p.label}</label>
      {p.children({
        id,
        ...(note === undefined ? {} : { 'aria-describedby': noteId }),
        ...(p.error === undefined ? {} : { 'aria-invalid': true }),
      })}
      {note !== undefined && (
        <p id={noteId} className="field-note">
          {note}
        </p>
      )}
    </div>
  );
}

export function TextField(p: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  mono?: boolean;
  list?: string;
  type?: 'text' | 'datetime-local' | 'password';
  required?: boolean;
}) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error}>
      {(field) => (
        <input
          {...field}
          className={p.mono === true ? 'input mono' : 'input'}
          type={p.type ?? 'text'}
          value={p.value}
          placeholder={p.placeholder}
          list={p.list}
          required={p.required}
          spellCheck={false}
          // Nothing here is the password of this site; a browser must not offer to keep it.
          autoComplete={p.type === 'password' ? 'new-password' : 'off'}
          onChange={(event) => p.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function ChoiceField(p: {
  label: string;
  value: string;
  choices: readonly (readonly [value: string, word: string])[];
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
}) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error}>
      {(field) => (
        <select {...field} className="input" value={p.value} onChange={(event) => p.onChange(event.target.value)}>
          {p.choices.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function PromptField(p: {
  label: string;
  /** Lines that it has room for at least. */
  rows?: number;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
}) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error}>
      {(field) => (
        <textarea
          {...field}
          className="input mono prompt-input"
          value={p.value}
          rows={Math.min(20, Math.max(p.rows ?? 6, p.value.split('\n').length + 1))}
          spellCheck={false}
          onChange={(event) => p.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
