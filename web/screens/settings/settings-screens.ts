/** The parts of the settings, each an address of its own. */
export const SETTINGS = [
  { to: '/settings', name: 'General' },
  { to: '/settings/secrets', name: 'Secrets' },
  { to: '/settings/access', name: 'Access' },
  { to: '/settings/workspaces', name: 'Workspaces' },
  { to: '/settings/packages', name: 'Packages' },
  { to: '/settings/hooks', name: 'Hooks' },
  { to: '/settings/nodes', name: 'Nodes' },
  { to: '/settings/audit', name: 'Audit log' },
] as const;
