/** Values in force by group. Those of files and flags come first in sight; defaults are there for who asks. */
import { useState } from 'react';
import type { ApiEffectiveValue } from '../../../src/client/client.ts';

const ORIGIN_TEXT = { default: 'default', environment: 'environment', flag: 'command line', file: '' } as const;

export function EffectiveConfig({ values }: { values: readonly ApiEffectiveValue[] }) {
  const [all, setAll] = useState(false);
  // Jobs and triggers have screens of their own.
  const settings = values.filter(({ path }) => !/^automation\.(jobs|triggers)\b/.test(path));
  const chosen = settings.filter(({ from }) => from !== 'default');
  const shown = all ? settings : chosen;
  return (
    <div className="panel-body">
      {!all && chosen.length === 0 && <p className="faint">Everything is at its default.</p>}
      <ul>
        {shown.map(({ path, value, from, file, line }) => (
          <li key={path} className="config-row">
            <code>{path}</code>
            <code className="config-value">{JSON.stringify(value)}</code>
            <span className="config-origin">
              {file === undefined ? ORIGIN_TEXT[from] : `${file.split('/').at(-1)}:${line}`}
            </span>
          </li>
        ))}
      </ul>
      <button type="button" className="button button-small config-all" onClick={() => setAll(!all)}>
        {all ? 'Hide defaults' : `Show ${settings.length - chosen.length} defaults`}
      </button>
    </div>
  );
}
