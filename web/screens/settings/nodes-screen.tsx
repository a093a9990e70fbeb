/** The machines that take part, each with how it is, and the way to take one out of service. */
import { useQuery } from '@tanstack/react-query';
import type { ApiNode } from '../../../src/client/client.ts';
import { elapsedText } from '../../../src/lib/span-text.ts';
import { daemon } from '../../data/daemon.ts';
import { allNodes } from '../../data/house.ts';
import { useMayAdmin } from '../../data/session.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { plural } from '../../text/amount-text.ts';
import { SettingsFrame } from './settings-frame.tsx';
import { SettingsPart } from './settings-part.tsx';

export function NodesScreen() {
  const query = useQuery(allNodes());
  return (
    <SettingsFrame title="Nodes" lead="The daemons that share this database and its work.">
      <SettingsPart title="Taking part">
        <Loaded of={query}>
          {(nodes) => (
            <ul className="panel-body">
              {nodes.map((node) => (
                <NodeRecord key={node.name} node={node} />
              ))}
            </ul>
          )}
        </Loaded>
      </SettingsPart>
    </SettingsFrame>
  );
}

const STATES: Readonly<
  Record<ApiNode['state'], { mark: 'completed' | 'running' | 'canceled' | 'failed' | 'scheduled'; text: string }>
> = {
  live: { mark: 'completed', text: 'live' },
  draining: { mark: 'running', text: 'draining: finishes what runs, starts nothing' },
  drained: { mark: 'canceled', text: 'drained: starts nothing' },
  silent: { mark: 'failed', text: 'silent: others take over its runs' },
  stopped: { mark: 'scheduled', text: 'stopped, and still drained' },
};

function NodeRecord({ node }: { node: ApiNode }) {
  const { mark, text } = STATES[node.state];
  const skew = node.clock_skew_ms;
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <StatusMark status={mark} />
          <b>{node.name}</b> <span className="soft">{node.version}</span>
          {node.labels.map((label) => (
            <code key={label} className="chip">
              {label}
            </code>
          ))}
          {node.own && <span className="faint small">the one that serves this page</span>}
        </p>
        <p className="record-more">
          <span>
            {text}
            {node.drained_by === undefined ? '' : ` (${node.drained_by})`}
          </span>
          <span>
            {node.running === 0 ? 'at rest' : plural(node.running, 'run')}
            {node.cap > 0 && ` of at most ${node.cap}`}
          </span>
          {node.heartbeat_at !== undefined && (
            <span>
              last sign of life <Ago at={node.heartbeat_at} />
            </span>
          )}
          <span>
            started <Ago at={node.started_at} />
          </span>
          {skew !== undefined && (
            <span>
              clock {elapsedText(Math.abs(skew))} {skew < 0 ? 'behind' : 'ahead'}
            </span>
          )}
          <code className="faint">{node.url}</code>
        </p>
      </div>
      <NodeCommands node={node} />
    </li>
  );
}

function NodeCommands({ node }: { node: ApiNode }) {
  const mayAdmin = useMayAdmin();
  if (!mayAdmin) return null;
  return (
    <div className="record-commands">
      {node.draining ? (
        <ActionButton
          act={() => daemon.nodes.undrain(node.name)}
          done={`${node.name} takes part again.`}
          areas={['nodes', 'status']}
        >
          Undrain
        </ActionButton>
      ) : (
        <ConfirmButton
          word="Drain"
          of={node.name}
          title={`Drain ${node.name}?`}
          action="Drain node"
          act={() => daemon.nodes.drain(node.name)}
          done={`${node.name} starts nothing new.`}
          areas={['nodes', 'status']}
        >
          <p>
            It finishes what it runs and starts nothing new, also after a restart, until it is undrained.
            {node.own && ' It goes on serving this page.'}
          </p>
        </ConfirmButton>
      )}
    </div>
  );
}
