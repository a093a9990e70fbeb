/** Who may call: tokens for programs, browsers that are signed in, and a link for another browser. */
import { useQuery } from '@tanstack/react-query';
import type { ApiToken } from '../../../src/client/client.ts';
import { daemon } from '../../data/daemon.ts';
import { accessTokens } from '../../data/house.ts';
import { ownSession, useMayAdmin } from '../../data/session.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { NewLink } from './new-link.tsx';
import { NewToken } from './new-token.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

export function AccessScreen() {
  const mayAdmin = useMayAdmin();
  return (
    <SettingsFrame title="Access" lead="Who may call the daemon, and what for. Secrets of tokens are shown once.">
      {mayAdmin ? (
        <AccessParts />
      ) : (
        <div className="panel">
          <EmptyState title="Only an admin session sees this">
            <p>
              <code>rouse open</code> on the daemon’s machine gives one.
            </p>
          </EmptyState>
        </div>
      )}
    </SettingsFrame>
  );
}

function AccessParts() {
  const query = useQuery(accessTokens());
  return (
    <>
      <NewToken />
      <NewLink />
      <Loaded of={query}>
        {(tokens) => (
          <>
            <SettingsPart title="Tokens" aside="the home’s own token, which may everything, is not among them">
              <TokenList
                tokens={tokens.filter(({ kind }) => kind === 'token')}
                none="No program has a token of its own."
              />
            </SettingsPart>
            <SettingsPart title="Browsers and running agents">
              <TokenList tokens={tokens.filter(({ kind }) => kind !== 'token')} none="Nobody is signed in." />
            </SettingsPart>
          </>
        )}
      </Loaded>
    </>
  );
}

function TokenList({ tokens, none }: { tokens: readonly ApiToken[]; none: string }) {
  if (tokens.length === 0) return <p className="panel-body faint">{none}</p>;
  return (
    <ul className="panel-body">
      {tokens.map((token) => (
        <TokenRecord key={token.id} token={token} />
      ))}
    </ul>
  );
}

const KIND_TEXT = { page: 'A browser', run: 'The agent of a run' } as const;

function TokenRecord({ token }: { token: ApiToken }) {
  const own = useQuery(ownSession()).data;
  const name = token.kind === 'token' ? token.name : KIND_TEXT[token.kind];
  const isOwn = token.id === own?.id;
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{name}</b>
          {token.scopes.map((scope) => (
            <code key={scope} className="chip">
              {scope}
            </code>
          ))}
          {isOwn && <span className="faint small">this one</span>}
        </p>
        <p className="record-more">
          <span>
            {token.last_used_at === undefined ? (
              'never used'
            ) : (
              <>
                used <Ago at={token.last_used_at} />
              </>
            )}
          </span>
          <span>
            {token.expired ? (
              'expired'
            ) : token.expires_at === undefined ? (
              'until revoked'
            ) : (
              <>
                ends <Ago at={token.expires_at} />
              </>
            )}
          </span>
          <span>from {token.created_by}</span>
        </p>
      </div>
      {!isOwn && !token.expired && (
        <div className="record-commands">
          <ConfirmButton
            word="Revoke"
            of={name}
            title={`Revoke ${name}?`}
            action="Revoke"
            danger
            act={() => daemon.tokens.revoke(token.id)}
            done="It opens nothing any more."
            areas={['tokens']}
          >
            <p>Whoever uses it is refused from now on. This cannot be taken back.</p>
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}
