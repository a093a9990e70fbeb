/** The part of the form that says when. */
import { Segments } from '../../parts/segments.tsx';
import { TextField } from '../../parts/field.tsx';
import { zoneNames } from '../../text/zone-text.ts';
import type { DraftFields } from './job-form.tsx';

const MODES = [
  ['cron', 'By calendar'],
  ['every', 'In steps'],
  ['at', 'Once'],
] as const;

export function JobFormWhen({ fields: { draft, set, error } }: { fields: DraftFields }) {
  const zone = (
    <TextField
      label="Time zone"
      value={draft.timezone}
      onChange={set('timezone')}
      error={error('schedule.timezone')}
      list="zones"
      mono
    />
  );
  return (
    <fieldset className="form-group">
      <legend>When</legend>
      <Segments label="Kind of schedule" value={draft.mode} choices={MODES} onChange={set('mode')} />
      {draft.mode === 'cron' && (
        <div className="form-row">
          <TextField
            label="Expression"
            value={draft.expr}
            onChange={set('expr')}
            error={error('schedule.expr')}
            hint="minute, hour, day of month, month, day of week"
            mono
          />
          {zone}
        </div>
      )}
      {draft.mode === 'every' && (
        <div className="form-row">
          <TextField
            label="Every"
            value={draft.interval}
            onChange={set('interval')}
            error={error('schedule.interval')}
            hint="90s, 30m, 1h30m"
            mono
          />
        </div>
      )}
      {draft.mode === 'at' && (
        <div className="form-row">
          <TextField
            label="Date and time"
            type="datetime-local"
            value={draft.wall}
            onChange={set('wall')}
            error={error('schedule.time')}
          />
          {zone}
        </div>
      )}
      <datalist id="zones">
        {zoneNames().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
    </fieldset>
  );
}
