/** The machines that take part, each with how it is. */
import { useQuery } from '@tanstack/react-query';
import type { ApiNode } from '../../../src/client/client.ts';
import { allNodes } from '../../data/house.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Ago } from '../../parts/moment.tsx';
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

function NodeRecord({ node }: { node: ApiNode }) {
  return (
    <li className="record" data-row>
      <div className="record-words">
        <p className="record-title">
          <b>{node.name}</b> <span className="soft">{node.version}</span>
          {node.own && <span className="faint small">the one that serves this page</span>}
        </p>
        <p className="record-more">
          <span>{node.running === 0 ? 'at rest' : plural(node.running, 'run')}</span>
          <span>
            started <Ago at={node.started_at} />
          </span>
        </p>
      </div>
    </li>
  );
}
