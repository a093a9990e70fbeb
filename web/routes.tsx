/** Every address of the page, and the screen that stands there. All but the overview are loaded when they are visited. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NothingHere } from './screens/nothing-here.tsx';
import { Overview } from './screens/overview/overview.tsx';
import { readRunSearch } from './screens/runs/run-search.ts';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NothingHere });

const screen = <const Path extends string>(
  path: Path,
  component: Parameters<typeof createRoute>[0]['component'] & {},
) => createRoute({ getParentRoute: () => root, path, component });

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview });

const settingsParts = [
  screen(
    '/settings/secrets',
    lazyRouteComponent(() => import('./screens/settings/secrets-screen.tsx'), 'SecretsScreen'),
  ),
  screen(
    '/settings/access',
    lazyRouteComponent(() => import('./screens/settings/access-screen.tsx'), 'AccessScreen'),
  ),
  screen(
    '/settings/workspaces',
    lazyRouteComponent(() => import('./screens/settings/workspaces-screen.tsx'), 'WorkspacesScreen'),
  ),
  screen(
    '/settings/packages',
    lazyRouteComponent(() => import('./screens/settings/packages-screen.tsx'), 'PackagesScreen'),
  ),
  screen(
    '/settings/hooks',
    lazyRouteComponent(() => import('./screens/settings/hooks-screen.tsx'), 'HooksScreen'),
  ),
  screen(
    '/settings/nodes',
    lazyRouteComponent(() => import('./screens/settings/nodes-screen.tsx'), 'NodesScreen'),
  ),
  screen(
    '/settings/audit',
    lazyRouteComponent(() => import('./screens/settings/audit-screen.tsx'), 'AuditScreen'),
  ),
] as const;

const routeTree = root.addChildren([
  overview,
  screen(
    '/jobs',
    lazyRouteComponent(() => import('./screens/jobs/job-list.tsx'), 'JobList'),
  ),
  screen(
    '/jobs/new',
    lazyRouteComponent(() => import('./screens/jobs/job-create.tsx'), 'JobCreate'),
  ),
  screen(
    '/jobs/$id',
    lazyRouteComponent(() => import('./screens/jobs/job-detail.tsx'), 'JobDetail'),
  ),
  screen(
    '/triggers',
    lazyRouteComponent(() => import('./screens/triggers/trigger-list.tsx'), 'TriggerList'),
  ),
  screen(
    '/triggers/new',
    lazyRouteComponent(() => import('./screens/triggers/trigger-create.tsx'), 'TriggerCreate'),
  ),
  screen(
    '/triggers/$id',
    lazyRouteComponent(() => import('./screens/triggers/trigger-detail.tsx'), 'TriggerDetail'),
  ),
  screen(
    '/events',
    lazyRouteComponent(() => import('./screens/events/event-list.tsx'), 'EventList'),
  ),
  screen(
    '/events/$id',
    lazyRouteComponent(() => import('./screens/events/event-detail.tsx'), 'EventDetail'),
  ),
  screen(
    '/deliveries',
    lazyRouteComponent(() => import('./screens/deliveries/delivery-list.tsx'), 'DeliveryList'),
  ),
  screen(
    '/tasks',
    lazyRouteComponent(() => import('./screens/tasks/task-board.tsx'), 'TaskBoard'),
  ),
  screen(
    '/agents',
    lazyRouteComponent(() => import('./screens/agents/agent-list.tsx'), 'AgentList'),
  ),
  screen(
    '/settings',
    lazyRouteComponent(() => import('./screens/settings/settings.tsx'), 'SettingsScreen'),
  ),
  ...settingsParts,
  createRoute({
    getParentRoute: () => root,
    path: '/runs',
    validateSearch: readRunSearch,
    component: lazyRouteComponent(() => import('./screens/runs/run-list.tsx'), 'RunList'),
  }),
  screen(
    '/runs/$id',
    lazyRouteComponent(() => import('./screens/runs/run-detail.tsx'), 'RunDetail'),
  ),
]);

export const router = createRouter({ routeTree, scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
