/** The keys of the daemon as a whole: everything but agents, automations, hooks and watched files. */
import { CATCH_UP_POLICIES, DEFAULT_CATCH_UP_POLICY } from '../../model/schedule/schedule-spec.ts';
import { DEFAULT_MAX_CONCURRENT_JOBS, DEFAULT_TIMEOUT, DEFAULT_TIMEZONE } from '../../model/automation-fields.ts';
import { defaultFireLimitConfig } from '../../model/fire-limit-config.ts';
import { LOG_LEVELS } from '../../model/log-level.ts';
import { NODE_LABEL } from '../../model/node.ts';
import { MCP_APPROVALS } from '../../model/mcp-approval.ts';
import { table } from '../key-table.ts';
import * as v from '../value-key.ts';
import { storeUrl } from '../store-url.ts';

export const daemonKeys = {
  host: v.text({
    default: '127.0.0.1',
    required: true,
    environment: 'ROUSE_HOST',
    description: 'The address to listen on. Any other than loopback needs `insecure_http` too.',
  }),
  port: v.integer({
    default: 7717,
    min: 0,
    max: 65_535,
    environment: 'ROUSE_PORT',
    description: 'The port to listen on; 0 takes a free one.',
  }),
  insecure_http: v.flag({
    default: false,
    description:
      'Listens beyond loopback although tokens travel readable: for a network that is trusted itself, such as that of a container or a VPN.',
  }),
  allowed_hosts: v.texts({
    default: [],
    items: 'names',
    description:
      'Names, with or without port, under which it may be called besides loopback ones; browsers that come by another are refused.',
  }),
  node: v.text({
    default: '',
    environment: 'ROUSE_NODE',
    description: 'The name of this node where several share a store; empty = the name of the machine.',
  }),
  labels: v.texts({
    default: [],
    items: 'labels',
    each: { matches: NODE_LABEL, says: 'letters, digits and . _ / : = - only, at most 63' },
    description: 'What can be said of this node: automations and workspaces ask for it with `node_labels`.',
  }),
  max_concurrent_jobs: v.integer({
    default: 0,
    min: 0,
    description: 'So many runs work on this node at most, those that wait for a permission too; 0 = no own cap.',
  }),
  log_level: v.choice(LOG_LEVELS, {
    default: 'info',
    environment: 'ROUSE_LOG_LEVEL',
    description: 'The least important lines that are still logged.',
  }),
  shutdown_grace: v.duration({
    default: '30s',
    zero: true,
    description: 'What runs gets this long to finish after SIGTERM.',
  }),
  heartbeat_url: v.httpUrl({
    default: '',
    shown: v.shownUrl,
    description: 'Requested every minute while the scheduler really ticks; empty = no heartbeat.',
  }),
  traces_url: v.httpUrl({
    default: '',
    shown: v.shownUrl,
    description: 'Where traces go (OTLP over HTTP, usually ending in `/v1/traces`); empty = there are none.',
  }),
};

export const storeKeys = {
  url: storeUrl({
    default: 'sqlite',
    environment: 'ROUSE_STORE_URL',
    description:
      '`sqlite` keeps everything in the home; `postgres://…`, or a secret reference to such a URL, is for several machines.',
  }),
};

const fireLimit = defaultFireLimitConfig();

/** `[automation]` without its lists. */
export const automationSettingKeys = {
  enabled: v.flag({ default: true, description: '`false` stops all scheduling and matching; what runs goes on.' }),
  timezone: v.timezone({ default: DEFAULT_TIMEZONE, description: 'The zone of schedules that name none.' }),
  max_concurrent_jobs: v.integer({
    default: DEFAULT_MAX_CONCURRENT_JOBS,
    min: 1,
    max: 10_000,
    description: 'So many runs execute at once; further ones wait.',
  }),
  max_concurrent_per_workspace: v.integer({
    default: 0,
    min: 0,
    max: 10_000,
    description: 'The same per workspace; 0 = no own cap.',
  }),
  default_fire_limit: table({
    description: 'The fire limit of automations that set none.',
    fields: {
      max: v.integer({ default: fireLimit.max, min: 1, description: 'Accepted runs in any rolling window.' }),
      window: v.limitText({ default: fireLimit.window, description: 'The length of the window.' }),
    },
  }),
  default_catch_up_policy: v.choice(CATCH_UP_POLICIES, {
    default: DEFAULT_CATCH_UP_POLICY,
    description: 'What becomes of missed instants of jobs that do not say.',
  }),
  default_timeout: v.limitText({
    default: DEFAULT_TIMEOUT,
    zero: true,
    description: 'The longest life of a run of automations that do not say.',
  }),
  catch_up_spread: v.duration({
    default: '30s',
    zero: true,
    description: 'Catch-up starts of different jobs are spread over this time.',
  }),
  max_depth: v.integer({
    default: 4,
    min: 1,
    max: 100,
    description: 'Activations that cause one another go this deep; a deeper one is recorded and starts nothing.',
  }),
  budget: table({
    description: 'What all automations together may spend.',
    fields: {
      daily_tokens: v.optionalCount({ default: 0, description: 'Tokens per day.' }),
      daily_cost_usd: v.amount({ default: 0, description: 'Dollars per day; 0 = none.' }),
    },
  }),
};

export const retentionKeys = {
  runs: table({
    description: 'The ledger of runs.',
    fields: {
      max_age: v.age({ default: '365d', description: 'Older finished runs are deleted.' }),
      max_count: v.optionalCount({ default: 0, description: 'Beyond so many, the oldest finished runs are deleted.' }),
    },
  }),
  transcripts: table({
    description: 'What agents said.',
    fields: {
      max_age: v.age({ default: '30d', description: 'Older transcripts are deleted; their runs stay.' }),
      max_bytes: v.optionalSize({
        default: '2GiB',
        description: 'Beyond this total, the oldest transcripts are deleted.',
      }),
      per_run: v.size({ default: '16MiB', min: 1024, description: 'A transcript is cut here, visibly.' }),
    },
  }),
  events: table({
    description: 'Activations and what they matched.',
    fields: { max_age: v.age({ default: '30d', description: 'Older events are deleted.' }) },
  }),
  deliveries: table({
    description: 'Webhook deliveries, the refused ones included.',
    fields: { max_age: v.age({ default: '30d', description: 'Older deliveries are deleted.' }) },
  }),
};

export const webhookKeys = {
  max_body: v.size({
    default: '1MiB',
    min: 1024,
    max: 64 * 1024 * 1024,
    description: 'A larger body is refused before it is read.',
  }),
  rate: table({
    description: 'How fast one endpoint takes deliveries; more are answered with 429.',
    fields: {
      max: v.integer({ default: 120, min: 1, description: 'Deliveries per window.' }),
      window: v.duration({ default: '1m', description: 'The length of the window.' }),
    },
  }),
  tolerance: v.duration({ default: '5m', description: 'How far the time in a signature may be off, either way.' }),
};

export const mcpKeys = {
  approval: v.choice(MCP_APPROVALS, {
    default: 'none',
    description: 'Before which tools of `/mcp` the person at the calling client is asked.',
  }),
};
