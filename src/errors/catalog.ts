/**
 * Every error that Rouse tells anybody about, as data: the reference page, the API contract and the CLI are made from
 * this table. A code is permanent: it may be added, never renamed, never reused.
 *
 * A message says what happened and why; the hint says what to do next. Data is what a message needs and what a
 * program may read; instants in it are RFC 3339 text, because they are shown. Secrets never enter it.
 */
import { EXIT_CODES, type ExitCode } from './exit-code.ts';

export interface CatalogEntry<Data> {
  /** A few words, the same for every error of this code (RFC 9457 `title`). */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  readonly exitCode: ExitCode;
  /** Whether the same request, sent again later and unchanged, can succeed. */
  readonly retryable: boolean;
  /** What to do next. */
  readonly hint: string;
  message(data: Data): string;
}

/** Names the data type of one entry; the compiler infers the rest of the table from it. */
function entry<Data = NoData>(parts: CatalogEntry<Data>): CatalogEntry<Data> {
  return parts;
}

type NoData = Record<never, never>;

const { not_found, conflict, invalid, denied, unavailable, limited, internal } = EXIT_CODES;

/** `global` or `workspace checkout-api`, as a message says it. */
function inScope(data: { scope: string; workspace_id?: string | undefined }): string {
  return data.workspace_id ? `workspace ${data.workspace_id}` : `the ${data.scope} scope`;
}

export const errorCatalog = {
  // --- The errors of the reference page -------------------------------------------------------------------------
  job_not_found: entry<{ id: string }>({
    title: 'Job not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the jobs with `rouse jobs list`; a renamed entry of a file is a new job.',
    message: ({ id }) => `There is no job ${id}.`,
  }),
  event_not_found: entry<{ id: string }>({
    title: 'Event not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the events with `rouse events list`; old ones are forgotten (retention.events.max_age).',
    message: ({ id }) => `There is no event ${id}.`,
  }),
  trigger_not_found: entry<{ id: string }>({
    title: 'Trigger not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the triggers with `rouse triggers list`; a renamed entry of a file is a new trigger.',
    message: ({ id }) => `There is no trigger ${id}.`,
  }),
  run_not_found: entry<{ id: string }>({
    title: 'Run not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the runs with `rouse runs list`; old runs are removed by the retention rules.',
    message: ({ id }) => `There is no run ${id}.`,
  }),
  run_already_exists: entry<{ id: string }>({
    title: 'Run already exists',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Nothing was started twice; look at the existing run with `rouse runs get`.',
    message: ({ id }) => `The run ${id} was created before, so this request created nothing.`,
  }),
  scheduler_state_not_found: entry<{ job_id: string }>({
    title: 'Scheduler state not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Check with `rouse jobs get` that the job still exists; saving it again places its cursor.',
    message: ({ job_id }) => `The job ${job_id} has no durable cursor, so it is not scheduled.`,
  }),
  scheduled_fire_already_claimed: entry<{ fire_id: string }>({
    title: 'Scheduled fire already claimed',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Nothing to do: the fire has its run already.',
    message: ({ fire_id }) => `The fire ${fire_id} was claimed before; it keeps the one run it has.`,
  }),
  job_name_taken: entry<{ name: string; scope: string; workspace_id?: string }>({
    title: 'Job name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or change the existing job.',
    message: (data) => `A job named "${data.name}" exists in ${inScope(data)} already.`,
  }),
  trigger_name_taken: entry<{ name: string; scope: string; workspace_id?: string }>({
    title: 'Trigger name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or change the existing trigger.',
    message: (data) => `A trigger named "${data.name}" exists in ${inScope(data)} already.`,
  }),
  trigger_webhook_id_taken: entry<{ webhook_id: string }>({
    title: 'Webhook id taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Leave webhook_id out and let Rouse make one, or choose another.',
    message: ({ webhook_id }) => `Another trigger has the webhook id ${webhook_id} already.`,
  }),
  overlay_requires_config_source: entry<{ id: string; source: string }>({
    title: 'Overlays are for file and package definitions',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Change `enabled` of the definition itself.',
    message: ({ id, source }) =>
      `${id} has source ${source}; only definitions of source config or package take an enabled overlay.`,
  }),
  job_overlay_not_found: entry<{ id: string }>({
    title: 'Job overlay not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Nothing to clear: the job follows the `enabled` of its definition.',
    message: ({ id }) => `No overlay lies over the job ${id}.`,
  }),
  trigger_overlay_not_found: entry<{ id: string }>({
    title: 'Trigger overlay not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Nothing to clear: the trigger follows the `enabled` of its definition.',
    message: ({ id }) => `No overlay lies over the trigger ${id}.`,
  }),

  // --- What was sent ---------------------------------------------------------------------------------------------
  validation_failed: entry<{ subject: string; problems: number }>({
    title: 'Validation failed',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Mend the listed fields and send it again; nothing was changed.',
    message: ({ subject, problems }) =>
      `The ${subject} has ${problems === 1 ? 'one problem' : `${problems} problems`}.`,
  }),
  malformed_json: entry<{ reason: string }>({
    title: 'Malformed JSON',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Send a JSON body in UTF-8.',
    message: ({ reason }) => `The body is not JSON: ${reason}.`,
  }),
  malformed_request: entry<{ reason: string }>({
    title: 'Malformed request',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Compare the request with /api/docs.',
    message: ({ reason }) => `The request cannot be understood: ${reason}.`,
  }),
  invalid_cursor: entry({
    title: 'Invalid cursor',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: 'Begin again without a cursor, and keep filters and order while paging.',
    message: () => 'The paging cursor is not one that this list gave out.',
  }),
  body_too_large: entry<{ limit_bytes: number }>({
    title: 'Body too large',
    status: 413,
    exitCode: invalid,
    retryable: false,
    hint: 'Send less, or put the material where the agent can read it.',
    message: ({ limit_bytes }) => `The body is larger than ${limit_bytes} bytes and was not read.`,
  }),
  unsupported_media_type: entry<{ got: string; wanted: string }>({
    title: 'Unsupported media type',
    status: 415,
    exitCode: invalid,
    retryable: false,
    hint: 'Set the Content-Type header to what the route takes.',
    message: ({ got, wanted }) => `The body is ${got || 'of no stated type'}; this route takes ${wanted}.`,
  }),
  not_found: entry<{ method: string; path: string }>({
    title: 'No such route',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'All routes are listed at /api/docs.',
    message: ({ method, path }) => `There is nothing at ${method} ${path}.`,
  }),
  method_not_allowed: entry<{ method: string; path: string; allowed: readonly string[] }>({
    title: 'Method not allowed',
    status: 405,
    exitCode: invalid,
    retryable: false,
    hint: 'Use one of the methods in the Allow header.',
    message: ({ method, path, allowed }) => `${path} does not take ${method}, only ${allowed.join(', ')}.`,
  }),
  idempotency_key_reused: entry<{ key: string }>({
    title: 'Idempotency key reused',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Use a fresh key for every different request.',
    message: ({ key }) => `The idempotency key "${key}" belongs to an earlier request with another body.`,
  }),
  idempotency_key_in_use: entry<{ key: string }>({
    title: 'Idempotency key in use',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Send the request again in a moment; it is then answered like the one that is under way.',
    message: ({ key }) => `The request with the idempotency key "${key}" is being carried out right now.`,
  }),
  idempotency_outcome_unknown: entry<{ key: string }>({
    title: 'Outcome of an earlier request unknown',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Look whether it happened; if it did not, send it again with a fresh key.',
    message: ({ key }) =>
      `The request with the idempotency key "${key}" was cut off by a crash, and carrying it out once more could do it twice.`,
  }),
  rate_limited: entry<{ retry_at: string }>({
    title: 'Too many requests',
    status: 429,
    exitCode: limited,
    retryable: true,
    hint: 'Wait for the time in the Retry-After header.',
    message: ({ retry_at }) => `Too many requests came in; the next one is taken from ${retry_at}.`,
  }),

  // --- Who may -----------------------------------------------------------------------------------------------------
  unauthorized: entry({
    title: 'Not signed in',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Send `Authorization: Bearer` with the token from the file `token` in the home directory.',
    message: () => 'The request carries no valid token.',
  }),
  forbidden: entry<{ needed: string; event?: string }>({
    title: 'Not allowed',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Use a token whose scopes include this.',
    message: ({ needed, event }) =>
      `The token is valid but lacks the scope ${needed}${event === undefined ? '' : ` that the event "${event}" needs`}.`,
  }),
  package_not_found: entry<{ name: string }>({
    title: 'Package not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the packages with `rouse packages list`.',
    message: ({ name }) => `No package is called ${name}.`,
  }),
  package_invalid: entry<{ spec: string; reason: string }>({
    title: 'Not a package',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'A package is a folder with a rouse-package.toml that gives a name and a version.',
    message: ({ spec, reason }) => `"${spec}" cannot be added: ${reason}. Nothing was changed.`,
  }),
  package_install_failed: entry<{ spec: string; reason: string }>({
    title: 'Package not fetched',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Check the name and the network; `npm view <name>` says whether npm knows it.',
    message: ({ spec, reason }) => `npm could not fetch "${spec}": ${reason}. Nothing was changed.`,
  }),
  cross_site_request: entry<{ site: string }>({
    title: 'Request of another page',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Use the page that Rouse itself serves; a program of its own sends a bearer token instead of the cookie.',
    message: ({ site }) =>
      `The request carries a page's cookie, but the browser says it comes from another page (Sec-Fetch-Site: ${site}).`,
  }),
  sign_in_link_invalid: entry({
    title: 'Sign-in link not valid',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Get a new one with `rouse open`.',
    message: () => 'This sign-in link was used already, is older than two minutes, or never existed.',
  }),
  token_not_found: entry<{ id: string }>({
    title: 'Token not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the tokens with `rouse tokens list`.',
    message: ({ id }) => `There is no token ${id}; a revoked one is gone.`,
  }),
  token_name_taken: entry<{ name: string }>({
    title: 'Token name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Choose another name, or give the existing token a new secret with `rouse tokens rotate`.',
    message: ({ name }) => `A token named "${name}" exists already.`,
  }),
  token_expired: entry<{ id: string }>({
    title: 'Token expired',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Say with `expires_in` how long it is to live from now on.',
    message: ({ id }) => `The life of the token ${id} is over, so a new secret would open nothing.`,
  }),
  persons_only: entry<{ run_id: string }>({
    title: 'Not for the agent of a run',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'A person answers this, with `rouse runs` or on the page.',
    message: ({ run_id }) => `The request carries the token of the run ${run_id}, and no agent may decide this.`,
  }),
  not_a_page: entry<{ kind: string }>({
    title: 'Not signed in as a page',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Only a page that signed in by a link can sign out.',
    message: ({ kind }) => `The request comes with a credential of kind ${kind}, which has no sign-in to end.`,
  }),
  host_not_allowed: entry<{ header: 'Host' | 'Origin'; value: string }>({
    title: 'Host not allowed',
    status: 403,
    exitCode: denied,
    retryable: false,
    hint: 'Open Rouse by the address it printed at start; this check keeps web pages from reaching it by another name.',
    message: ({ header, value }) => `The ${header} header names "${value}", which is not this daemon.`,
  }),

  // --- The present state ---------------------------------------------------------------------------------------------
  read_only_definition: entry<{ id: string; source: string }>({
    title: 'Read-only definition',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Change its file or package; at run time only the enabled overlay can be set.',
    message: ({ id, source }) =>
      `${id} has source ${source}, so it cannot be changed at run time. Nothing was changed.`,
  }),
  precondition_failed: entry<{ id: string; expected: number; actual: number }>({
    title: 'Changed meanwhile',
    status: 412,
    exitCode: conflict,
    retryable: false,
    hint: 'Read it again, look at what changed, and repeat the change on top of it.',
    message: ({ id, expected, actual }) =>
      `${id} is at revision ${actual}, not ${expected}: somebody changed it meanwhile. Nothing was changed.`,
  }),
  at_in_past: entry<{ time: string; now: string }>({
    title: 'The instant is past',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Give an instant in the future, or run the job now by hand.',
    message: ({ time, now }) => `The job is to run once at ${time}, but it is ${now} already. Nothing was created.`,
  }),
  fire_limit_reached: entry<{ id: string; max: number; window: string; possible_at: string }>({
    title: 'Fire limit reached',
    status: 409,
    exitCode: limited,
    retryable: true,
    hint: 'Wait until the named instant, or raise the fire_limit of the automation.',
    message: ({ id, max, window, possible_at }) =>
      `${id} may run ${max} times per ${window} and did; the next run is possible at ${possible_at}. Nothing was started.`,
  }),
  budget_exhausted: entry<{ id: string; possible_at?: string }>({
    title: 'Budget exhausted',
    status: 409,
    exitCode: limited,
    retryable: true,
    hint: 'Raise the budget, or wait until older usage leaves its window.',
    message: ({ id, possible_at }) =>
      `The budget of ${id} is spent${possible_at ? ` until ${possible_at}` : ''}. Nothing was started.`,
  }),
  paused: entry<{ since: string }>({
    title: 'Automation is paused',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Resume with `rouse resume`.',
    message: ({ since }) => `All automation has been paused since ${since}. Nothing was started.`,
  }),
  job_disabled: entry<{ id: string; reason?: string }>({
    title: 'Job is disabled',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Enable it with `rouse jobs enable`.',
    message: ({ id, reason }) => `The job ${id} is disabled${reason ? `: ${reason}` : ''}.`,
  }),
  trigger_disabled: entry<{ id: string; reason?: string }>({
    title: 'Trigger is disabled',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Enable it with `rouse triggers enable`.',
    message: ({ id, reason }) => `The trigger ${id} is disabled${reason ? `: ${reason}` : ''}.`,
  }),
  run_not_finished: entry<{ id: string; status: string }>({
    title: 'Run is not finished',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Wait for it with `rouse runs wait`, or cancel it.',
    message: ({ id, status }) => `The run ${id} is ${status}; only a finished run can be tried again.`,
  }),
  permission_not_pending: entry<{ id: string }>({
    title: 'No permission request is open',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Look at the transcript: the request was answered before, or its deadline passed.',
    message: ({ id }) => `The run ${id} does not wait for a permission.`,
  }),

  // --- Agents, sessions, workspaces --------------------------------------------------------------------------------------
  agent_unknown: entry<{ agent: string; suggestion?: string }>({
    title: 'Unknown agent',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Define it as `[agents.<name>]` in rouse.toml; `rouse agents detect` finds installed ones.',
    message: ({ agent, suggestion }) =>
      `No agent named "${agent}" is configured.${suggestion ? ` Did you mean "${suggestion}"?` : ''}`,
  }),
  agent_not_found: entry<{ agent: string }>({
    title: 'Agent not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the agents with `rouse agents list`.',
    message: ({ agent }) => `No agent named "${agent}" is configured.`,
  }),
  agent_unavailable: entry<{ agent: string; reason: string }>({
    title: 'Agent unavailable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Check it with `rouse agents test`.',
    message: ({ agent, reason }) => `The agent "${agent}" cannot be started: ${reason}.`,
  }),
  worktree_unavailable: entry<{ reason: string }>({
    title: 'Worktree unavailable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Bind the automation to a folder in a git repository with a commit, or set worktree = false for its agent.',
    message: ({ reason }) => `The run cannot get a worktree of its own: ${reason}.`,
  }),
  session_not_found: entry<{ id: string }>({
    title: 'Session not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'A run has a session only once its agent started; transcripts are kept by the retention rules.',
    message: ({ id }) => `There is no session ${id}.`,
  }),
  task_not_found: entry<{ id: string }>({
    title: 'Task not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the tasks with `rouse tasks list`.',
    message: ({ id }) => `There is no task ${id}.`,
  }),
  task_run_not_found: entry<{ id: string }>({
    title: 'Task run not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Take the id from `task_run` of the claim; `rouse tasks get` shows it too.',
    message: ({ id }) => `There is no task run ${id}.`,
  }),
  task_lease_lost: entry<{ id: string }>({
    title: 'Lease lost',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Stop working on it and claim again; somebody else may have the task by now. Send heartbeats before the lease ends.',
    message: ({ id }) =>
      `The claim on task run ${id} does not hold any more: its lease ran out, or the task was given back, ended or canceled. Nothing was changed.`,
  }),
  workspace_not_found: entry<{ workspace: string }>({
    title: 'Workspace not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the workspaces with `rouse workspaces list`, or register the folder with `rouse workspaces add`.',
    message: ({ workspace }) => `No workspace "${workspace}" is registered.`,
  }),
  workspace_name_taken: entry<{ name: string; path: string }>({
    title: 'Workspace name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Register the folder under another name with `--name`.',
    message: ({ name, path }) => `The workspace "${name}" is ${path} already.`,
  }),
  workspace_in_use: entry<{ workspace: string }>({
    title: 'Workspace in use',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Remove the automations that are bound to it first, or its folder from the files that name it.',
    message: ({ workspace }) => `Automations are bound to the workspace "${workspace}". Nothing was removed.`,
  }),
  folder_not_found: entry<{ path: string }>({
    title: 'Folder not found',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Give the path of an existing folder on the machine of the daemon.',
    message: ({ path }) => `${path} is not a folder that the daemon can read.`,
  }),

  // --- Webhooks ------------------------------------------------------------------------------------------------------
  webhook_not_found: entry({
    title: 'No such endpoint',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Compare the address with `rouse webhooks url`; a trigger that is switched off has none.',
    // Says the same for every address: which ones exist is nobody's business.
    message: () => 'There is no webhook endpoint at this address.',
  }),
  webhook_malformed: entry<{ reason: string }>({
    title: 'Malformed delivery',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: "Compare the request with the page of the endpoint's scheme in the reference.",
    message: ({ reason }) => `The delivery cannot be understood: ${reason}.`,
  }),
  webhook_signature_invalid: entry<{ reason: string }>({
    title: 'Signature not valid',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Sign the exact bytes of the body with the secret of this endpoint; `rouse webhooks send` shows how.',
    message: ({ reason }) => `The delivery is not believed: ${reason}.`,
  }),
  webhook_stale: entry<{ reason: string }>({
    title: 'Delivery too old',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Sign it anew, and set the clocks of both machines; how far they may differ is [webhooks] tolerance.',
    message: ({ reason }) => `The delivery is not believed: ${reason}.`,
  }),
  webhook_unavailable: entry<{ reason: string }>({
    title: 'Endpoint not available',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Send it again later; nothing was kept.',
    message: ({ reason }) => `No delivery is taken in: ${reason}.`,
  }),
  request_timeout: entry({
    title: 'Request too slow',
    status: 408,
    exitCode: invalid,
    retryable: true,
    hint: 'Send it again, faster.',
    message: () => 'The body did not arrive in time.',
  }),
  delivery_not_found: entry<{ id: string }>({
    title: 'Delivery not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List them with `rouse webhooks deliveries`; old ones are removed by the retention rules.',
    message: ({ id }) => `There is no delivery ${id}.`,
  }),
  delivery_not_replayable: entry<{ id: string; reason: string }>({
    title: 'Delivery cannot be replayed',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Have the sender send it again, or send a test with `rouse webhooks send`.',
    message: ({ id, reason }) => `The delivery ${id} cannot be carried out once more: ${reason}. Nothing was started.`,
  }),
  hook_not_found: entry<{ name: string }>({
    title: 'Hook not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List them with `rouse hooks list`; hooks are written in rouse.toml.',
    message: ({ name }) => `No hook named "${name}" is configured.`,
  }),
  not_a_webhook: entry<{ id: string }>({
    title: 'Not a webhook trigger',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'List the webhook triggers with `rouse webhooks list`.',
    message: ({ id }) => `The trigger ${id} is not woken by a webhook, so it has no address.`,
  }),

  // --- Secrets -------------------------------------------------------------------------------------------------------
  secret_not_found: entry<{ name: string }>({
    title: 'Secret not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the names with `rouse secrets list`.',
    message: ({ name }) => `The vault holds no secret named "${name}".`,
  }),
  secret_too_large: entry<{ bytes: number; limit_bytes: number }>({
    title: 'Secret too large',
    status: 413,
    exitCode: invalid,
    retryable: false,
    hint: 'Keep it in a file that only its owner can read, and refer to it as `file:/path`.',
    message: ({ bytes, limit_bytes }) =>
      `The value has ${bytes} bytes; the vault takes at most ${limit_bytes}. Nothing was stored.`,
  }),
  vault_full: entry({
    title: 'Vault full',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Remove secrets that nothing refers to with `rouse secrets remove`.',
    message: () => 'The vault holds as many secrets as it may. Nothing was stored.',
  }),
  vault_locked: entry<{ reason: string }>({
    title: 'Vault locked',
    status: 503,
    exitCode: unavailable,
    retryable: false,
    hint: 'Start the daemon with the ROUSE_MASTER_KEY, or the key file, that the secrets were sealed with.',
    message: ({ reason }) => `The vault cannot be opened: ${reason}. Nothing was changed.`,
  }),

  // --- The daemon and its home ---------------------------------------------------------------------------------------------
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
  node_name_taken: entry<{ name: string; url: string }>({
    title: 'Node name taken',
    status: 409,
    exitCode: conflict,
    retryable: true,
    hint: 'Give each node its own daemon.node, or wait for half a minute if that one is gone.',
    message: ({ name, url }) =>
      `Another living node is called ${name} (${url}), so this one may not be. Nothing was changed.`,
  }),
  disk_full: entry<{ path: string }>({
    title: 'Disk full',
    status: 507,
    exitCode: unavailable,
    retryable: true,
    hint: 'Free some space; the daemon goes on by itself.',
    message: ({ path }) => `There is no space left to write ${path}. Nothing was changed.`,
  }),
  home_in_use: entry<{ home: string; pid?: number }>({
    title: 'Home in use',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Use the running daemon (`rouse status`), stop it, or start with another `--home`.',
    message: ({ home, pid }) =>
      `Another daemon${pid === undefined ? '' : ` (pid ${pid})`} works in ${home}; one home has one daemon.`,
  }),
  home_read_only: entry<{ home: string; reason: string }>({
    title: 'Home not writable',
    status: 503,
    exitCode: unavailable,
    retryable: false,
    hint: 'Give the user of the daemon write access to the folder, or start with another `--home`.',
    message: ({ home, reason }) => `${home} cannot be written: ${reason}.`,
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
  backup_refused: entry<{ home: string; reason: string }>({
    title: 'Backup refused',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Name another folder with `--to`, or the right home with `--home`.',
    message: ({ home, reason }) => `No backup of ${home} was made: ${reason}.`,
  }),
  backup_invalid: entry<{ folder: string; reason: string }>({
    title: 'Backup not usable',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Take another backup; this one is not what `rouse backup` wrote.',
    message: ({ folder, reason }) => `${folder} cannot be restored: ${reason}. Nothing was changed.`,
  }),
  config_invalid: entry<{ file: string; problems: number }>({
    title: 'Configuration invalid',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Mend the listed places; `rouse config check` shows them all.',
    message: ({ file, problems }) => `${file} has ${problems === 1 ? 'one problem' : `${problems} problems`}.`,
  }),
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

export type ErrorCode = keyof typeof errorCatalog;

/** The data that an error of this code must be given. */
export type ErrorData<Code extends ErrorCode> = Parameters<(typeof errorCatalog)[Code]['message']>[0];

export const ERROR_CODES = Object.keys(errorCatalog) as readonly ErrorCode[];
