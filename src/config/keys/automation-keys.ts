/**
 * The keys of `[[automation.jobs]]` and `[[automation.triggers]]`: the model's fields under their names in files.
 * Types are checked here, so that the place is known; meaning is judged by the model's validators.
 */
import { OVERLAP_POLICIES } from '../../model/automation-fields.ts';
import { OWNER_KINDS } from '../../model/job-task-config.ts';
import { RETRY_STRATEGIES } from '../../model/retry-config.ts';
import { SCOPES } from '../../model/scope.ts';
import { CATCH_UP_POLICIES, DST_GAPS, DST_OVERLAPS, SCHEDULE_MODES } from '../../model/schedule/schedule-spec.ts';
import { WEBHOOK_SCHEMES } from '../../model/trigger.ts';
import { table, textOrTable } from '../key-table.ts';
import * as v from '../value-key.ts';

const anyInteger = { min: Number.MIN_SAFE_INTEGER };

const sharedKeys = {
  scope: v.choice(SCOPES, {
    default_text: '`workspace` with a `workspace`, else `global`',
    description: 'Where the automation is visible.',
  }),
  name: v.text({
    default_text: 'required',
    description: 'With scope and workspace the identity: renaming is deleting and creating.',
  }),
  agent: v.text({ default_text: 'required, except with `task`', description: 'The agent that is woken, by name.' }),
  workspace: v.text({
    description: 'The folder to work in, or the name of a registered workspace. Relative paths start at the file.',
  }),
  node_labels: v.texts({
    items: 'labels',
    description:
      'A run starts only on a node that has all of these, among `daemon.labels` or as its name; until there is one it waits.',
  }),
  prompt: v.text({ default_text: 'required, except with `task`', description: 'What is said to the agent.' }),
  enabled: v.flag({ default: true, description: '`false` keeps the definition without firing it.' }),
  description: v.text({ description: 'For people.' }),
  tags: v.texts({ description: 'For finding and filtering.' }),
  retry: table({
    description: 'What happens after a failed run.',
    fields: {
      strategy: v.choice(RETRY_STRATEGIES, { default: 'none', description: 'Whether to try again.' }),
      max_retries: v.integer({ ...anyInteger, description: 'Further attempts after the first.' }),
      base_delay: v.durationText({ description: 'Before the first retry; doubles with each further one.' }),
      max_delay: v.durationText({ default: '1h', description: 'The doubling stops here.' }),
    },
  }),
  fire_limit: table({
    description: 'How often it may run; the last rein on a loop.',
    fields: {
      max: v.integer({
        ...anyInteger,
        default_text: '`default_fire_limit`',
        description: 'Accepted runs in any window.',
      }),
      window: v.durationText({
        default_text: '`default_fire_limit`',
        description: 'The length of the rolling window.',
      }),
    },
  }),
  timeout: v.durationText({
    default_text: '`default_timeout`',
    description: 'The longest life of a run; `"0"` = none.',
  }),
  queue_timeout: v.durationText({ description: 'A run that waited longer for its turn is given up.' }),
  priority: v.integer({ ...anyInteger, default: 0, description: 'Higher ones start first.' }),
  budget: table({
    description: 'What it may spend; 0 = none.',
    fields: {
      run_tokens: v.integer({ ...anyInteger, description: 'Tokens of one run.' }),
      run_cost_usd: v.amount({ description: 'Dollars of one run.' }),
      tokens: v.integer({ ...anyInteger, description: 'Tokens in a window.' }),
      cost_usd: v.amount({ description: 'Dollars in a window.' }),
      window: v.durationText({ default: '24h', description: 'The rolling window of the two above.' }),
    },
  }),
  session: table({
    description: 'Whether a run goes on with the conversation of the one before.',
    fields: {
      mode: v.choice(['new', 'resume'], {
        default: 'new',
        description: 'A fresh conversation, or the previous one.',
      }),
      max_turns: v.integer({ ...anyInteger, description: 'A longer conversation is not resumed; 0 = any.' }),
      max_tokens: v.integer({ ...anyInteger, description: 'A larger conversation is not resumed; 0 = any.' }),
      max_age: v.durationText({ description: 'An older conversation is not resumed.' }),
    },
  }),
  success: table({
    description: 'What counts as success.',
    fields: {
      exit_codes: v.integers({ default: [0], description: 'Exit codes that do.' }),
      output: v.choice(['required', 'optional'], {
        default: 'required',
        description: 'Whether an empty answer is a failure.',
      }),
      pattern: v.text({ description: 'A regular expression that the answer must match.' }),
      file: v.text({ description: 'A file in the working folder that must exist afterwards.' }),
    },
  }),
  pause_after_failures: v.integer({
    ...anyInteger,
    default: 10,
    description: 'So many fires in a row failed for good disable it.',
  }),
};

const scheduleKey = textOrTable({
  description: 'When it fires.',
  shorthand: 'text: `"0 9 * * 1-5"`, `"every:30m"` or `"at:2026-12-01T09:00"`',
  fields: {
    mode: v.choice(SCHEDULE_MODES, { default_text: 'required', description: 'Which of the next three is given.' }),
    expr: v.text({ description: '`cron`: minute, hour, day of month, month, day of week.' }),
    interval: v.durationText({ description: '`every`: the distance of the grid.' }),
    time: v.instant({ description: '`at`: the one instant. A past one is decided by the catch-up policy.' }),
    timezone: v.text({ default_text: '`automation.timezone`', description: 'IANA zone of the expression.' }),
    jitter: v.durationText({ description: 'Starts are spread over this time.' }),
    catch_up_policy: v.choice(CATCH_UP_POLICIES, {
      default_text: '`default_catch_up_policy`',
      description: 'What becomes of missed instants.',
    }),
    misfire_grace_seconds: v.integer({
      ...anyInteger,
      default: 60,
      description: '`skip_missed` still runs an instant that is at most this late.',
    }),
    catch_up_max: v.integer({ ...anyInteger, default: 100, description: '`replay` runs at most so many.' }),
    catch_up_window: v.durationText({ description: 'An instant later than this never runs.' }),
    start_at: v.instant({ description: 'The first instant that may fire.' }),
    end_at: v.instant({ description: 'The last instant that may fire.' }),
    dst: table({
      description: 'Daylight saving.',
      fields: {
        gap: v.choice(DST_GAPS, { default: 'run_after', description: 'A wall time that does not exist.' }),
        overlap: v.choice(DST_OVERLAPS, { default: 'first', description: 'A wall time that happens twice.' }),
      },
    }),
  },
});

export const jobKeys = {
  ...sharedKeys,
  overlap: v.choice(OVERLAP_POLICIES, {
    default: 'skip',
    description: 'What a fire does while an earlier run is unfinished.',
  }),
  schedule: scheduleKey,
  task: table({
    description: 'Hands the work over as a task instead of prompting an agent.',
    fields: {
      title: v.text({ default_text: 'the name', description: 'What the task is called.' }),
      description: v.text({ default_text: 'the prompt', description: 'What is to be done.' }),
      owner: table({
        description: 'Whose task it is.',
        fields: {
          kind: v.choice(OWNER_KINDS, { description: 'What the owner is.' }),
          ref: v.text({ description: 'Which one.' }),
        },
      }),
      network_channel: v.text({ description: 'The channel whose readers see the task.' }),
    },
  }),
};

export const triggerKeys = {
  ...sharedKeys,
  overlap: v.choice(OVERLAP_POLICIES, {
    default: 'allow',
    description: 'What a fire does while an earlier run is unfinished.',
  }),
  event: v.text({ default_text: 'required', description: 'What it listens to, such as `webhook` or `ext.deploy`.' }),
  filter: v.textTable({
    keys: '"data.action"',
    description: 'Paths into the envelope and the texts they must equal; all must.',
  }),
  when: v.text({ description: 'A CEL expression over the envelope that must be true.' }),
  endpoint_slug: v.text({
    default_text: 'this or `webhook_id` for `webhook`',
    description: 'The readable part of the URL.',
  }),
  webhook_id: v.text({ description: 'The unguessable part of the URL, `wbh_…`.' }),
  webhook_secret_ref: v.automationSecretRef({
    default_text: 'required for `webhook`',
    description: 'The secret that senders sign with.',
  }),
  webhook_previous_secret_ref: v.automationSecretRef({ description: 'Still valid while a secret is rotated.' }),
  webhook_scheme: textOrTable({
    description: 'How deliveries are signed.',
    shorthand: `text: ${WEBHOOK_SCHEMES.map((name) => `\`"${name}"\``).join(', ')}`,
    fields: {
      scheme: v.choice(WEBHOOK_SCHEMES, { description: '`timestamped`, the one whose headers can be named.' }),
      timestamp_header: v.text({ default_text: '`X-Rouse-Timestamp`', description: 'Carries the time.' }),
      signature_header: v.text({ default_text: '`X-Rouse-Signature`', description: 'Carries the signature.' }),
      delivery_header: v.text({ default_text: '`X-Rouse-Delivery-ID`', description: 'Carries the delivery id.' }),
    },
  }),
  coalesce: table({
    description: 'Gathers activations into one fire.',
    fields: {
      key: v.text({ description: 'A path into the envelope that tells groups apart.' }),
      window: v.durationText({ description: 'The group fires when nothing came for so long.' }),
      max_wait: v.durationText({ description: 'And at the latest after so long.' }),
    },
  }),
  allow_own_events: v.flag({ default: false, description: 'Whether it may match what its own runs caused.' }),
};
