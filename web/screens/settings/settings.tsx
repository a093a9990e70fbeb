/** The daemon itself: how it is, what is wrong in its files, what is in force, and how this page looks. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNow } from '../../clock/use-now.ts';
import { configProblems, effectiveConfig, statusQuery } from '../../data/house.ts';
import { useExternal } from '../../live/external-state.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Segments } from '../../parts/segments.tsx';
import { chooseTheme, theme, type Theme } from '../../shell/theme.ts';
import { bytesText } from '../../text/amount-text.ts';
import { epochOf } from '../../text/time-text.ts';
import { spanText } from '../../../src/lib/span-text.ts';
import { EffectiveConfig } from './effective-config.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

const THEME_WORDS: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function SettingsScreen() {
  const config = useQuery(effectiveConfig());
  return (
    <SettingsFrame
      title="Settings"
      lead="They live in files, which are watched; this page shows what is in force."
      actions={<Segments label="Colours" value={useExternal(theme)} choices={THEME_WORDS} onChange={chooseTheme} />}
    >
      <DaemonPart />
      <ProblemsPart />
      <SettingsPart title="Effective configuration" aside="each value with where it comes from">
        <Loaded of={config}>{(values) => <EffectiveConfig values={values} />}</Loaded>
      </SettingsPart>
    </SettingsFrame>
  );
}

function DaemonPart() {
  const query = useQuery(statusQuery());
  const now = useNow(10_000);
  return (
    <SettingsPart title="Daemon">
      <Loaded of={query}>
        {(status) => (
          <dl className="settings-facts panel-body">
            <Fact name="Version">{status.version}</Fact>
            <Fact name="Running">for {spanText(Math.max(0, now - epochOf(status.started_at)))}</Fact>
            <Fact name="Home">
              <code>{status.home}</code>
            </Fact>
            <Fact name="Node">
              <code>{status.node}</code>
            </Fact>
            <Fact name="Database">
              {status.counts.bytes === undefined ? 'elsewhere' : bytesText(status.counts.bytes)}
            </Fact>
            <Fact name="Default zone">{status.automation.timezone}</Fact>
            {status.services.map(({ name, healthy, error }) => (
              <Fact key={name} name={`Service ${name}`}>
                {healthy ? 'works' : <span className="settings-ill">{error ?? 'fails'}</span>}
              </Fact>
            ))}
          </dl>
        )}
      </Loaded>
    </SettingsPart>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="settings-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ProblemsPart() {
  const problems = useQuery(configProblems()).data ?? [];
  if (problems.length === 0) return null;
  return (
    <SettingsPart title="Mistakes in files" aside="each entry keeps its last good version">
      <ul className="panel-body settings-problems">
        {problems.map(({ file, line, column, path, message, frame }) => (
          <li key={`${file} ${path} ${message}`}>
            <p>
              <code>
                {file}
                {line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}
              </code>{' '}
              <code className="faint">{path}</code>
            </p>
            <p>{message}</p>
            {frame !== undefined && <pre className="fold-text">{frame}</pre>}
          </li>
        ))}
      </ul>
    </SettingsPart>
  );
}
