/** One thing that narrows or orders a list. */
import './filter-choice.css';

export function FilterChoice(p: {
  name: string;
  value: string | undefined;
  choices: readonly (readonly [value: string, word: string])[];
  onChoose: (value: string) => void;
  /** What stands for nothing chosen. */
  none?: string;
}) {
  return (
    <label className="filter" data-set={p.value !== undefined && p.value !== ''}>
      <span>{p.name}</span>
      <select value={p.value ?? ''} onChange={(event) => p.onChoose(event.target.value)}>
        <option value="">{p.none ?? 'any'}</option>
        {p.choices.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
