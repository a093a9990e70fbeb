/** One of a few, all in sight. Arrow keys move, as in any group of radio buttons. */
import type { KeyboardEvent } from 'react';
import './segments.css';

export function Segments<Value extends string>(p: {
  label: string;
  value: Value;
  choices: readonly (readonly [value: Value, word: string])[];
  onChange: (value: Value) => void;
}) {
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = p.choices.findIndex(([value]) => value === p.value);
    const next = p.choices[(at + step + p.choices.length) % p.choices.length];
    if (next === undefined) return;
    p.onChange(next[0]);
    event.currentTarget.querySelectorAll('button')[p.choices.indexOf(next)]?.focus();
  };
  return (
    <div className="choices" role="radiogroup" tabIndex={-1} aria-label={p.label} onKeyDown={move}>
      {p.choices.map(([value, word]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === p.value}
          tabIndex={value === p.value ? 0 : -1}
          onClick={() => p.onChange(value)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
