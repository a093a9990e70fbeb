/** Errors about the daemon itself: its store, its address, its neighbours. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { conflict, not_found, invalid, unavailable, internal } = EXIT_CODES;

export const daemonErrors = {
  daemon_not_running: entry<{ home: string }>({
    title: 'Daemon not running',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Start it with `rouse start`.',
    message: ({ home }) => `No daemon runs in ${home}.`,
  }),
  daemon_unreachable: entry<{ url: string; reason: string }>({
    title: 'Daemon unreachable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Check the address, and `rouse status` on the machine of the daemon.',
    message: ({ url, reason }) => `The daemon at ${url} does not answer: ${reason}.`,
  }),
  shutting_down: entry({
    title: 'Shutting down',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Try again when the daemon is back.',
    message: () => 'The daemon is stopping and takes nothing new.',
  }),
  store_unavailable: entry<{ outcome: 'unchanged' | 'unknown'; reason: string }>({
    title: 'Store unavailable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'See `rouse doctor`; repeating the request is harmless.',
    message: ({ outcome, reason }) =>
      `The database did not answer as it should (${reason}). ${
        outcome === 'unchanged' ? 'Nothing was changed.' : 'Whether the change was made is not known.'
      }`,
  }),
  disk_full: entry<{ path: string }>({
    title: 'Disk full',
    status: 507,
    exitCode: unavailable,
    retryable: true,
    hint: 'Free some space; the daemon goes on by itself.',
    message: ({ path }) => `There is no space left to write ${path}. Nothing was changed.`,
  }),
  node_not_found: entry<{ name: string }>({
    title: 'Node not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the nodes with `rouse nodes list`.',
    message: ({ name }) => `No node is called ${name}.`,
  }),
  node_alive: entry<{ name: string }>({
    title: 'Node lives',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Stop its daemon first; `rouse nodes drain` keeps it from starting anything meanwhile.',
    message: ({ name }) =>
      `The node ${name} has given a sign of life within the last half minute, so it is not forgotten.`,
  }),
  node_name_taken: entry<{ name: string; url: string }>({
    title: 'Node name taken',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Give each node its own daemon.node, or wait for half a minute if that one is gone.',
    message: ({ name, url }) =>
      `Another living node is called ${name} (${url}), so this one may not be. Nothing was changed.`,
  }),
  address_not_loopback: entry<{ host: string }>({
    title: 'Address beyond this machine',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Listen on 127.0.0.1 behind a reverse proxy with TLS; or, where the network itself is trusted (a container, a VPN), set `insecure_http = true` under `[daemon]`.',
    message: ({ host }) =>
      `The daemon does not listen on ${host}: its bearer token would travel readable through the network.`,
  }),
  address_unavailable: entry<{ host: string; port: number; reason: string }>({
    title: 'Address not available',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Start with another `--port` (0 takes a free one), or stop whoever listens there.',
    message: ({ host, port, reason }) => `The daemon cannot listen on ${host} port ${port}: ${reason}.`,
  }),
  service_unsupported: entry<{ reason: string }>({
    title: 'No service here',
    status: 501,
    exitCode: unavailable,
    retryable: false,
    hint: 'Print the definition with `rouse service install --dry-run` and install it by hand, or start the daemon with `rouse start`.',
    message: ({ reason }) => `The daemon cannot be made a service: ${reason}.`,
  }),
  internal_error: entry<{ reference?: string }>({
    title: 'Internal error',
    status: 500,
    exitCode: internal,
    retryable: false,
    hint: 'This is a defect in Rouse. Please report it with the lines of the log around it.',
    message: ({ reference }) =>
      `Rouse failed in a way nobody foresaw${reference ? `; the log has it under ${reference}` : ''}.`,
  }),
} as const;
