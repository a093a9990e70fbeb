/** Everything that may be written in a configuration file, in the order of the reference page. */
import { listOfTables, namedTables, table } from '../key-table.ts';
import { agentKeys } from './agent-keys.ts';
import { jobKeys, triggerKeys } from './automation-keys.ts';
import { hookKeys, watchKeys } from './hook-keys.ts';
import { automationSettingKeys, daemonKeys, mcpKeys, retentionKeys, storeKeys, webhookKeys } from './section-keys.ts';

export const configKeys = {
  daemon: table({ description: 'The process and its address.', fields: daemonKeys }),
  store: table({ description: 'Where durable state lives.', fields: storeKeys }),
  automation: table({
    description: 'What holds for all automations, and the automations themselves.',
    fields: {
      ...automationSettingKeys,
      jobs: listOfTables({ description: 'Definitions woken by time.', fields: jobKeys }),
      triggers: listOfTables({ description: 'Definitions woken by an event or a webhook.', fields: triggerKeys }),
    },
  }),
  agents: namedTables({ description: 'Who can be woken.', fields: agentKeys }),
  hooks: listOfTables({ description: 'Commands and URLs that run around automations.', fields: hookKeys }),
  watch: listOfTables({ description: 'Files whose changes are `file.changed` events.', fields: watchKeys }),
  retention: table({ description: 'How long things are kept.', fields: retentionKeys }),
  webhooks: table({ description: 'What webhook endpoints take.', fields: webhookKeys }),
  mcp: table({ description: 'What agents may do over MCP without asking.', fields: mcpKeys }),
};
