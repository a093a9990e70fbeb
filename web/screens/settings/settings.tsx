/** The daemon itself: what is in force and where it comes from, secrets by name, services, and how this page looks. */
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../clock/use-now.ts';
import { daemon } from '../../data/daemon.ts';
import {
  accessTokens,
  allWorkspaces,
  configProblems,
  effectiveConfig,
  secretNames,
  statusQuery,
} from '../../data/house.ts';
import { useExternal } from '../../live/external-state.ts';
import { ownSession } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Segments } from '../../parts/segments.tsx';
import { chooseTheme, theme, type Theme } from '../../shell/theme.ts';
import { bytesText } from '../../text/amount-text.ts';
import { epochOf } from '../../text/time-text.ts';
import { spanText } from '../../../src/lib/span-text.ts';
import { EffectiveConfig } from './effective-config.tsx';
import './settings.css';

const THEME_WORDS: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function SettingsScreen() {
  return (
    <>
      <PageHead
        title="Settings"
        lead="They live in files, which are watched; this page shows what is in force."
        actions={<Segments label="Colours" value={useExternal(theme)} choices={THEME_WORDS} onChange={chooseTheme} />}
      />
      <div className="settings">
        <DaemonPart />
        <ProblemsPart />
        <ConfigPart />
        <SecretsPart />
        <TokensPart />
        <WorkspacesPart />
      </div>
    </>
  );
}

function DaemonPart() {
  const query = useQuery(statusQuery());
  const now = useNow(10_000);
  return (
    <section className="panel" aria-labelledby="daemon-title">
      <div className="panel-head">
        <h2 id="daemon-title">Daemon</h2>
      </div>
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
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
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
    <section className="panel" aria-labelledby="problems-title">
      <div className="panel-head">
        <h2 id="problems-title">Mistakes in files</h2>
        <span className="panel-aside">each entry keeps its last good version</span>
      </div>
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
    </section>
  );
}

function ConfigPart() {
  const query = useQuery(effectiveConfig());
  return (
    <section className="panel" aria-labelledby="config-title">
      <div className="panel-head">
        <h2 id="config-title">Effective configuration</h2>
      </div>
      <Loaded of={query}>{(values) => <EffectiveConfig values={values} />}</Loaded>
    </section>
  );
}

function SecretsPart() {
  const query = useQuery(secretNames());
  return (
    <section className="panel" aria-labelledby="secrets-title">
      <div className="panel-head">
        <h2 id="secrets-title">Secrets</h2>
        <span className="panel-aside">names only; values are never shown</span>
      </div>
      <Loaded of={query}>
        {(secrets) =>
          secrets.length === 0 ? (
            <EmptyState title="The vault is empty">
              <p>
                <code>rouse secrets set name</code> stores a value, sealed. Definitions refer to it as{' '}
                <code>vault:automation/name</code>.
              </p>
            </EmptyState>
          ) : (
            <ul className="panel-body">
              {secrets.map(({ name, ref, updated_at }) => (
                <li key={name} className="settings-row">
                  <b>{name}</b> <code className="faint">{ref}</code>
                  <span className="faint small">
                    stored <Ago at={updated_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function TokensPart() {
  const query = useQuery(accessTokens());
  const own = useQuery(ownSession()).data;
  return (
    <section className="panel" aria-labelledby="tokens-title">
      <div className="panel-head">
        <h2 id="tokens-title">Who may call</h2>
        <span className="panel-aside">tokens, and browsers that are signed in</span>
      </div>
      <Loaded of={query}>
        {(tokens) => (
          <ul className="panel-body">
            {tokens.length === 0 && <li className="faint">Only the token of the home.</li>}
            {tokens.map((token) => (
              <li key={token.id} className="settings-row">
                <b>{token.kind === 'page' ? 'A browser' : token.name}</b>
                <code className="faint">{token.scopes.join(' ')}</code>
                <span className="faint small">
                  {token.expired ? (
                    'expired'
                  ) : token.last_used_at === undefined ? (
                    'never used'
                  ) : (
                    <Ago at={token.last_used_at} />
                  )}
                  {token.id === own?.id && ', this one'}
                </span>
                {token.id !== own?.id && !token.expired && (
                  <ActionButton
                    act={() => daemon.tokens.revoke(token.id)}
                    done="It opens nothing any more."
                    areas={['tokens']}
                  >
                    Revoke
                  </ActionButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function WorkspacesPart() {
  const query = useQuery(allWorkspaces());
  return (
    <section className="panel" aria-labelledby="workspaces-title">
      <div className="panel-head">
        <h2 id="workspaces-title">Workspaces</h2>
      </div>
      <Loaded of={query}>
        {(workspaces) =>
          workspaces.length === 0 ? (
            <EmptyState title="No folder is registered">
              <p>
                <code>rouse workspaces add path</code> registers one; jobs can then work in it.
              </p>
            </EmptyState>
          ) : (
            <ul className="panel-body">
              {workspaces.map(({ id, name, path, trusted }) => (
                <li key={id} className="settings-row">
                  <b>{name}</b> <code className="faint cut">{path}</code>
                  <span className="faint small">{trusted ? 'its own file is read' : 'its own file is not read'}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
