/** The part of the form that says when. */
import type { DstGap, DstOverlap } from '../../../src/model/schedule/schedule-spec.ts';
import { ChoiceField, TextField } from '../../parts/field.tsx';
import { Segments } from '../../parts/segments.tsx';
import { zoneNames } from '../../text/zone-text.ts';
import { FormFold } from '../automations/form-fold.tsx';
import type { JobFields } from './job-draft.ts';

const MODES = [
  ['cron', 'By calendar'],
  ['every', 'In steps'],
  ['at', 'Once'],
] as const;

const GAPS: readonly (readonly [DstGap | '', string])[] = [
  ['', 'default (when the gap ends)'],
  ['run_after', 'when the gap ends'],
  ['skip', 'not on that day'],
];
const OVERLAPS: readonly (readonly [DstOverlap | '', string])[] = [
  ['', 'default (the first time)'],
  ['first', 'the first time'],
  ['second', 'the second time'],
  ['both', 'both times'],
];

export function JobFormWhen({ fields }: { fields: JobFields }) {
  const { draft, set, error } = fields;
  return (
    <>
      <fieldset className="form-group">
        <legend>When</legend>
        <Segments label="Kind of schedule" value={draft.mode} choices={MODES} onChange={set('mode')} />
        <div className="form-row">
          {draft.mode === 'cron' && (
            <TextField
              label="Expression"
              value={draft.expr}
              onChange={set('expr')}
              error={error('schedule.expr')}
              hint="minute, hour, day of month, month, day of week"
              mono
            />
          )}
          {draft.mode === 'every' && (
            <TextField
              label="Every"
              value={draft.interval}
              onChange={set('interval')}
              error={error('schedule.interval')}
              hint="90s, 30m, 1h30m"
              mono
            />
          )}
          {draft.mode === 'at' && (
            <TextField
              label="Date and time"
              type="datetime-local"
              value={draft.wall}
              onChange={set('wall')}
              error={error('schedule.time')}
            />
          )}
          {draft.mode !== 'every' && (
            <TextField
              label="Time zone"
              value={draft.timezone}
              onChange={set('timezone')}
              error={error('schedule.timezone')}
              list="zones"
              mono
            />
          )}
        </div>
        <datalist id="zones">
          {zoneNames().map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
      </fieldset>
      <BoundFields fields={fields} />
    </>
  );
}

function BoundFields({ fields: { draft, set, error } }: { fields: JobFields }) {
  const wrong = ['schedule.start_at', 'schedule.end_at', 'schedule.jitter', 'schedule.dst'];
  return (
    <FormFold
      title="From when, until when, and daylight saving"
      said={[draft.start_wall && `from ${draft.start_wall}`, draft.end_wall && `until ${draft.end_wall}`].filter(
        (each) => each !== '',
      )}
      wrong={wrong.some((path) => error(path) !== undefined)}
    >
      {draft.mode !== 'at' && (
        <>
          <TextField
            label="Not before"
            type="datetime-local"
            value={draft.start_wall}
            onChange={set('start_wall')}
            error={error('schedule.start_at')}
            hint={draft.timezone === '' ? undefined : `on the clock of ${draft.timezone}`}
          />
          <TextField
            label="Not after"
            type="datetime-local"
            value={draft.end_wall}
            onChange={set('end_wall')}
            error={error('schedule.end_at')}
          />
        </>
      )}
      {draft.mode === 'cron' && (
        <>
          <ChoiceField
            label="A wall time that does not exist"
            value={draft.dst_gap}
            onChange={set('dst_gap')}
            choices={GAPS}
            error={error('schedule.dst.gap')}
          />
          <ChoiceField
            label="A wall time that comes twice"
            value={draft.dst_overlap}
            onChange={set('dst_overlap')}
            choices={OVERLAPS}
            error={error('schedule.dst.overlap')}
          />
        </>
      )}
      <TextField
        label="Spread starts over"
        value={draft.jitter}
        onChange={set('jitter')}
        placeholder="not at all"
        error={error('schedule.jitter')}
        mono
      />
    </FormFold>
  );
}
