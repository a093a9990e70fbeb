/**
 * What may stand in files that are not the owner's own. Neither may define agents or settings: which programs run, with
 * which secrets, is the owner's business alone. A workspace's file may not hold hooks either, because they are commands.
 */
import { listOfTables, table } from '../key-table.ts';
import * as v from '../value-key.ts';
import { jobKeys, triggerKeys } from './automation-keys.ts';
import { hookKeys } from './hook-keys.ts';

const jobs = listOfTables({ description: 'Definitions woken by time.', fields: jobKeys });
const triggers = listOfTables({ description: 'Definitions woken by an event or a webhook.', fields: triggerKeys });

/** `.rouse/automation.toml` of a trusted workspace. */
export const workspaceFileKeys = {
  automation: table({ description: 'The automations of this workspace.', fields: { jobs, triggers } }),
};

/** `rouse-package.toml`. */
export const packageKeys = {
  name: v.text({ required: true, description: 'What the package is called.' }),
  version: v.text({ required: true, description: 'Its version.' }),
  description: v.text({ default: '', description: 'What it is for.' }),
  jobs,
  triggers,
  hooks: listOfTables({ description: 'Commands and URLs that run around automations.', fields: hookKeys }),
};
