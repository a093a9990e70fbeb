/**
 * The official client: every operation of the API by its noun and verb, typed from the contract. It needs `fetch` and
 * nothing else, so it runs in Node and in browsers.
 *
 * Everything throws `ApiError`. Nothing is tried again by itself except a followed stream.
 */
import type { HappeningText } from '../api/contract/happening.ts';
import type { BodyInputOf, QueryInputOf, ReplyOf } from '../api/contract/operation.ts';
import type { Operations } from '../api/contract/operations.ts';
import type { OperationName } from '../api/contract/route-table.ts';
import { ApiError, unreachable } from './api-error.ts';
import { type CallOptions, Caller, type ClientOptions } from './caller.ts';
import { type ReceivedEvent, readEvents } from './event-source.ts';
import { resumedEvents, type ResumeOptions } from './resumed-events.ts';

type Query<Name extends OperationName> = QueryInputOf<Operations[Name]>;
type Body<Name extends OperationName> = BodyInputOf<Operations[Name]>;
type Result<Name extends OperationName> = ReplyOf<Operations[Name]>;

export type ApiJob = Result<'getJob'>['job'];
export type ApiTrigger = Result<'getTrigger'>['trigger'];
export type ApiTriggerTest = Result<'testTrigger'>['test'];
export type ApiTriggerPreview = Result<'previewTrigger'>['preview'];
export type ApiEvent = Result<'listEvents'>['events'][number];
export type ApiEventAccepted = Result<'sendEvent'>;
export type ApiEventExplanation = Result<'getEvent'>['event'];
export type ApiSampleEnvelope = NonNullable<Body<'testTrigger'>['envelope']>;
export type ApiRun = Result<'cancelRun'>['run'];
export type ApiSession = Result<'getSession'>['session'];
export type ApiTranscriptEntry = Result<'readTranscript'>['entries'][number];
export type ApiWorkspace = Result<'registerWorkspace'>['workspace'];
export type ApiAgent = Result<'listAgents'>['agents'][number];
export type ApiTask = Result<'getTask'>['task'];
export type ApiTaskClaim = NonNullable<Result<'claimTask'>['claim']>;
export type ApiDetectedAgent = Result<'detectAgents'>['agents'][number];
export type ApiAgentHealth = Result<'testAgent'>['health'];
export type ApiFire = Result<'listJobFires'>['fires'][number];
export type ApiUpcomingFire = Result<'listNextFires'>['fires'][number];
export type ApiSchedulePreview = Result<'previewSchedule'>['preview'];
export type ApiHook = Result<'listHooks'>['hooks'][number];
export type ApiHookCall = Result<'listHookCalls'>['calls'][number];
export type ApiDelivery = Result<'getDelivery'>['delivery'];
export type ApiSentWebhook = Result<'sendWebhook'>['sent'];
export type ApiWebhookTrigger = Result<'listTriggers'>['triggers'][number];
export type ApiSecret = Result<'listSecrets'>['secrets'][number];
export type ApiStatus = Result<'getStatus'>['status'];
export type ApiEffectiveValue = Result<'readConfig'>['values'][number];
export type ApiConfigProblem = Result<'listConfigProblems'>['problems'][number];
export type ApiHappening = HappeningText;
export type ApiExplanation = Result<'explainJob'>['explanation'];
export type ApiBackfill = Result<'backfillJob'>;
export type ApiSimulation = Result<'simulateJobs'>['simulation'];
export type ApiTimeline = Result<'readTimeline'>['timeline'];
export type ApiUsage = Result<'readUsage'>['usage'];
export type ApiOwnSession = Result<'readOwnSession'>['session'];
export type ApiSignInLink = Result<'createSignInLink'>['link'];
export type ApiToken = Result<'listTokens'>['tokens'][number];
export type ApiIssuedToken = Result<'createToken'>;
export type ApiChangeRecord = Result<'listChanges'>['changes'][number];
export type ApiNode = Result<'listNodes'>['nodes'][number];
export type ApiPackage = Result<'addPackage'>['package'];
export type ApiPauseState = Result<'pauseAutomation'>['automation'];

/** What a person answers an agent that asked; `option_id` is one of the request's own. */
export type PermissionAnswer = { decision: 'allow' | 'deny' } | { option_id: string };

/** A job and the ETag that a conditional change wants. */
export interface JobWithEtag {
  job: ApiJob;
  etag: string;
}

export interface TriggerWithEtag {
  trigger: ApiTrigger;
  etag: string;
}

export interface ConditionalOptions extends CallOptions {
  /** The change is refused with `precondition_failed` unless the definition still has this ETag. */
  ifMatch?: string;
}

/** What following a run tells: its state, what is said, and its end, after which nothing comes. */
export type FollowedEvent =
  | { type: 'run'; run: ApiRun }
  | { type: 'entry'; entry: ApiTranscriptEntry }
  | { type: 'end'; run: ApiRun };

export interface FollowOptions extends ResumeOptions {
  /** Only entries after this `seq`. */
  afterSeq?: number;
}

/** Whoever waits for the end does not want what is said before. */
const BEYOND_EVERY_SEQ = 999_999_999_999_999;

/** After these a stream is opened once more: the daemon went away, or found the reader too slow. */
const LOST_STREAM: readonly string[] = ['daemon_unreachable', 'stream_ended', 'shutting_down'];
const WATCH_TRIES_MAX = 30;
const WATCH_PAUSE_MS = 2_000;

export type Client = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const caller = new Caller(options);

  const jobFrom = async (reply: Promise<{ body: { job: ApiJob }; headers: Headers }>): Promise<JobWithEtag> => {
    const { body, headers } = await reply;
    return { job: body.job, etag: headers.get('etag') ?? '' };
  };
  const triggerFrom = async (
    reply: Promise<{ body: { trigger: ApiTrigger }; headers: Headers }>,
  ): Promise<TriggerWithEtag> => {
    const { body, headers } = await reply;
    return { trigger: body.trigger, etag: headers.get('etag') ?? '' };
  };
  const ifMatch = (p: ConditionalOptions): { headers?: Record<string, string> } =>
    p.ifMatch === undefined ? {} : { headers: { 'if-match': p.ifMatch } };

  async function* follow(id: string, p: FollowOptions = {}): AsyncGenerator<FollowedEvent, void> {
    const events = resumedEvents({
      open: (lastId) =>
        caller.send('readTranscript', {
          params: { id },
          query: p.afterSeq === undefined ? {} : { cursor: String(p.afterSeq) },
          headers: { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
          signal: p.signal,
        }),
      isLast: ({ event }) => event === 'end',
      url: options.url,
      options: p,
    });
    let ended = false;
    for await (const event of events) {
      const followed = followedEvent(event);
      ended ||= followed?.type === 'end';
      if (followed !== undefined) yield followed;
    }
    // The connection was lost between the last entry and the end: the server then says only that nothing more comes.
    if (!ended)
      yield { type: 'end', run: (await caller.call('getRun', { params: { id }, signal: p.signal })).body.run };
  }

  async function* happenings(p: CallOptions & { onListening?: () => void } = {}): AsyncGenerator<ApiHappening, void> {
    const response = await caller.send('streamHappenings', { signal: p.signal });
    if (response.body === null) return;
    try {
      for await (const event of readEvents(response.body)) {
        if (event.event === 'hello') p.onListening?.();
        else if (event.event === 'error' || event.event === 'overflow') throw streamError(event);
        else yield JSON.parse(event.data) as ApiHappening;
      }
    } catch (error) {
      if (p.signal?.aborted === true) throw p.signal.reason;
      throw error instanceof ApiError ? error : unreachable(options.url, error);
    }
  }

  async function waitForTask(id: string, p: ResumeOptions = {}): Promise<ApiTask> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await watchTask(id, p.signal);
      } catch (error) {
        p.signal?.throwIfAborted();
        const isLost = error instanceof ApiError && LOST_STREAM.includes(error.code);
        if (!isLost || tries >= WATCH_TRIES_MAX) throw error;
        await p.pause?.(WATCH_PAUSE_MS, p.signal);
      }
    }
  }

  /** Listens first and looks then, so that an end between the two is not missed. */
  async function watchTask(id: string, signal: AbortSignal | undefined): Promise<ApiTask> {
    const enough = new AbortController();
    const listening = Promise.withResolvers<void>();
    const told = taskEnd(id, {
      signal: signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]),
      onListening: listening.resolve,
    });
    // Whoever finds it ended already waits for nothing more.
    told.catch(() => undefined);
    try {
      await Promise.race([listening.promise, told]);
      const { task } = (await caller.call('getTask', { params: { id }, signal })).body;
      return task.status === 'queued' || task.status === 'claimed' ? await told : task;
    } finally {
      enough.abort();
    }
  }

  async function taskEnd(id: string, p: { signal: AbortSignal; onListening: () => void }): Promise<ApiTask> {
    for await (const happening of happenings(p)) {
      if (happening.type === 'task.finished' && happening.task.id === id) return happening.task;
    }
    throw unreachable(options.url, new Error('the stream ended early'));
  }

  return {
    /** Any operation by its name, for programs that are made from the contract. */
    call: caller.call.bind(caller),

    jobs: {
      list: async (query: Query<'listJobs'> = {}, p: CallOptions = {}): Promise<Result<'listJobs'>> =>
        (await caller.call('listJobs', { query, ...p })).body,
      get: (id: string, p: CallOptions = {}): Promise<JobWithEtag> =>
        jobFrom(caller.call('getJob', { params: { id }, ...p })),
      create: (body: Body<'createJob'>, p: CallOptions = {}): Promise<JobWithEtag> =>
        jobFrom(caller.call('createJob', { body, ...p })),
      update: (id: string, body: Body<'updateJob'>, p: ConditionalOptions = {}): Promise<JobWithEtag> =>
        jobFrom(caller.call('updateJob', { params: { id }, body, ...ifMatch(p), signal: p.signal })),
      remove: async (id: string, p: ConditionalOptions = {}): Promise<void> => {
        await caller.call('deleteJob', { params: { id }, ...ifMatch(p), signal: p.signal });
      },
      /** `wait` is Go duration text; the run comes back at its end, or as it is when the time is over. */
      trigger: async (
        id: string,
        p: CallOptions & { prompt?: string; wait?: string } = {},
      ): Promise<Result<'triggerJob'>> =>
        (
          await caller.call('triggerJob', {
            params: { id },
            query: p.wait === undefined ? {} : { wait: p.wait },
            ...(p.prompt === undefined ? {} : { body: { prompt: p.prompt } }),
            signal: p.signal,
            idempotencyKey: p.idempotencyKey,
          })
        ).body,
      fires: async (
        id: string,
        query: Query<'listJobFires'> = {},
        p: CallOptions = {},
      ): Promise<Result<'listJobFires'>> => (await caller.call('listJobFires', { params: { id }, query, ...p })).body,
      runs: async (id: string, query: Query<'listJobRuns'> = {}, p: CallOptions = {}): Promise<Result<'listJobRuns'>> =>
        (await caller.call('listJobRuns', { params: { id }, query, ...p })).body,
      /** `from` and `to` may be wall time in the job's zone; both ends are inclusive. */
      backfill: async (id: string, body: Body<'backfillJob'>, p: CallOptions = {}): Promise<ApiBackfill> =>
        (await caller.call('backfillJob', { params: { id }, body, ...p })).body,
      /** What became of the instant `at`, now when absent, or will, and why. */
      explain: async (id: string, query: Query<'explainJob'> = {}, p: CallOptions = {}): Promise<ApiExplanation> =>
        (await caller.call('explainJob', { params: { id }, query, ...p })).body.explanation,
      setOverlay: (id: string, body: Body<'setJobOverlay'>, p: CallOptions = {}): Promise<JobWithEtag> =>
        jobFrom(caller.call('setJobOverlay', { params: { id }, body, ...p })),
      clearOverlay: (id: string, p: CallOptions = {}): Promise<JobWithEtag> =>
        jobFrom(caller.call('clearJobOverlay', { params: { id }, ...p })),
    },

    triggers: {
      list: async (query: Query<'listTriggers'> = {}, p: CallOptions = {}): Promise<Result<'listTriggers'>> =>
        (await caller.call('listTriggers', { query, ...p })).body,
      get: (id: string, p: CallOptions = {}): Promise<TriggerWithEtag> =>
        triggerFrom(caller.call('getTrigger', { params: { id }, ...p })),
      create: (body: Body<'createTrigger'>, p: CallOptions = {}): Promise<TriggerWithEtag> =>
        triggerFrom(caller.call('createTrigger', { body, ...p })),
      update: (id: string, body: Body<'updateTrigger'>, p: ConditionalOptions = {}): Promise<TriggerWithEtag> =>
        triggerFrom(caller.call('updateTrigger', { params: { id }, body, ...ifMatch(p), signal: p.signal })),
      remove: async (id: string, p: ConditionalOptions = {}): Promise<void> => {
        await caller.call('deleteTrigger', { params: { id }, ...ifMatch(p), signal: p.signal });
      },
      /** Now, on an envelope; what is left out of it is what the trigger waits for. `wait` as for jobs. */
      run: async (
        id: string,
        p: CallOptions & { envelope?: ApiSampleEnvelope; wait?: string } = {},
      ): Promise<Result<'runTrigger'>> =>
        (
          await caller.call('runTrigger', {
            params: { id },
            query: p.wait === undefined ? {} : { wait: p.wait },
            body: p.envelope === undefined ? {} : { envelope: p.envelope },
            signal: p.signal,
          })
        ).body,
      /** A dry run on an envelope or a stored event. */
      test: async (id: string, body: Body<'testTrigger'> = {}, p: CallOptions = {}): Promise<ApiTriggerTest> =>
        (await caller.call('testTrigger', { params: { id }, body, ...p })).body.test,
      /** What a trigger that is being written would make of an envelope, and what is wrong about it so far. */
      preview: async (body: Body<'previewTrigger'>, p: CallOptions = {}): Promise<ApiTriggerPreview> =>
        (await caller.call('previewTrigger', { body, ...p })).body.preview,
      runs: async (
        id: string,
        query: Query<'listTriggerRuns'> = {},
        p: CallOptions = {},
      ): Promise<Result<'listTriggerRuns'>> =>
        (await caller.call('listTriggerRuns', { params: { id }, query, ...p })).body,
      setOverlay: (id: string, body: Body<'setTriggerOverlay'>, p: CallOptions = {}): Promise<TriggerWithEtag> =>
        triggerFrom(caller.call('setTriggerOverlay', { params: { id }, body, ...p })),
      clearOverlay: (id: string, p: CallOptions = {}): Promise<TriggerWithEtag> =>
        triggerFrom(caller.call('clearTriggerOverlay', { params: { id }, ...p })),
    },

    events: {
      /** Stored and matched when it resolves; the same `id` once more is answered with what came of it then. */
      send: async (body: Body<'sendEvent'>, p: CallOptions = {}): Promise<ApiEventAccepted> =>
        (await caller.call('sendEvent', { body, ...p })).body,
      list: async (query: Query<'listEvents'> = {}, p: CallOptions = {}): Promise<Result<'listEvents'>> =>
        (await caller.call('listEvents', { query, ...p })).body,
      /** With what was considered, what matched, why not, and where it came from. */
      get: async (id: string, p: CallOptions = {}): Promise<ApiEventExplanation> =>
        (await caller.call('getEvent', { params: { id }, ...p })).body.event,
    },

    schedule: {
      preview: async (body: Body<'previewSchedule'>, p: CallOptions = {}): Promise<ApiSchedulePreview> =>
        (await caller.call('previewSchedule', { body, ...p })).body.preview,
    },

    tasks: {
      list: async (query: Query<'listTasks'> = {}, p: CallOptions = {}): Promise<Result<'listTasks'>> =>
        (await caller.call('listTasks', { query, ...p })).body,
      get: async (id: string, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('getTask', { params: { id }, ...p })).body.task,
      /** Resolves with the task at its end. To give up earlier, abort `signal`. */
      wait: waitForTask,
      create: async (body: Body<'createTask'>, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('createTask', { body, ...p })).body.task,
      /** Null when no queued task fits; `wait` (Go duration text) lets it wait for one. */
      claim: async (
        body: Body<'claimTask'> = {},
        p: CallOptions & { wait?: string } = {},
      ): Promise<ApiTaskClaim | null> =>
        (
          await caller.call('claimTask', {
            body,
            query: p.wait === undefined ? {} : { wait: p.wait },
            signal: p.signal,
          })
        ).body.claim,
      /** This one and those below take the id of the task run and the token of its claim. */
      heartbeat: async (id: string, body: Body<'heartbeatTask'>, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('heartbeatTask', { params: { id }, body, ...p })).body.task,
      complete: async (id: string, body: Body<'completeTask'>, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('completeTask', { params: { id }, body, ...p })).body.task,
      fail: async (id: string, body: Body<'failTask'>, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('failTask', { params: { id }, body, ...p })).body.task,
      release: async (id: string, body: Body<'releaseTask'>, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('releaseTask', { params: { id }, body, ...p })).body.task,
      /** Needs no claim; takes the task's own id too. */
      cancel: async (id: string, body: Body<'cancelTask'> = {}, p: CallOptions = {}): Promise<ApiTask> =>
        (await caller.call('cancelTask', { params: { id }, body, ...p })).body.task,
    },

    runs: {
      list: async (query: Query<'listRuns'> = {}, p: CallOptions = {}): Promise<Result<'listRuns'>> =>
        (await caller.call('listRuns', { query, ...p })).body,
      get: async (id: string, p: CallOptions = {}): Promise<Result<'getRun'>['run']> =>
        (await caller.call('getRun', { params: { id }, ...p })).body.run,
      cancel: async (id: string, p: CallOptions = {}): Promise<ApiRun> =>
        (await caller.call('cancelRun', { params: { id }, ...p })).body.run,
      /** Resolves with the new attempt. */
      retry: async (id: string, p: CallOptions = {}): Promise<ApiRun> =>
        (await caller.call('retryRun', { params: { id }, ...p })).body.run,
      answerPermission: async (id: string, body: PermissionAnswer, p: CallOptions = {}): Promise<ApiRun> =>
        (await caller.call('answerPermission', { params: { id }, body, ...p })).body.run,
      transcript: async (
        id: string,
        query: Query<'readTranscript'> = {},
        p: CallOptions = {},
      ): Promise<Result<'readTranscript'>> =>
        (await caller.call('readTranscript', { params: { id }, query, ...p })).body,
      follow,
      /** Resolves with the run at its end. To give up earlier, abort `signal`. */
      wait: async (id: string, p: ResumeOptions = {}): Promise<ApiRun> => {
        for await (const event of follow(id, { ...p, afterSeq: BEYOND_EVERY_SEQ })) {
          if (event.type === 'end') return event.run;
        }
        throw unreachable(options.url, new Error('the stream ended early'));
      },
    },

    agents: {
      list: async (p: CallOptions = {}): Promise<ApiAgent[]> =>
        everyPage(async (query) => {
          const { agents: items, next_cursor } = (await caller.call('listAgents', { query, ...p })).body;
          return { items, next_cursor };
        }),
      /** What is installed on the machine of the daemon; takes a few seconds. */
      detect: async (p: CallOptions = {}): Promise<ApiDetectedAgent[]> =>
        (await caller.call('detectAgents', p)).body.agents,
      /** Whether it would start; sends no prompt. */
      test: async (name: string, p: CallOptions = {}): Promise<ApiAgentHealth> =>
        (await caller.call('testAgent', { params: { name }, ...p })).body.health,
      /** Ends the hold of an agent whose account was exhausted. */
      release: async (name: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('releaseAgent', { params: { name }, ...p });
      },
    },
    workspaces: {
      list: async (p: CallOptions = {}): Promise<ApiWorkspace[]> =>
        everyPage(async (query) => {
          const { workspaces: items, next_cursor } = (await caller.call('listWorkspaces', { query, ...p })).body;
          return { items, next_cursor };
        }),
      /** By id or name. */
      get: async (ref: string, p: CallOptions = {}): Promise<ApiWorkspace> =>
        (await caller.call('getWorkspace', { params: { id: ref }, ...p })).body.workspace,
      update: async (ref: string, body: Body<'updateWorkspace'>, p: CallOptions = {}): Promise<ApiWorkspace> =>
        (await caller.call('updateWorkspace', { params: { id: ref }, body, ...p })).body.workspace,
      remove: async (ref: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('removeWorkspace', { params: { id: ref }, ...p });
      },
      register: async (body: Body<'registerWorkspace'>, p: CallOptions = {}): Promise<ApiWorkspace> =>
        (await caller.call('registerWorkspace', { body, ...p })).body.workspace,
    },
    sessions: {
      list: async (query: Query<'listSessions'> = {}, p: CallOptions = {}): Promise<Result<'listSessions'>> =>
        (await caller.call('listSessions', { query, ...p })).body,
      transcript: async (
        id: string,
        query: Query<'readSessionTranscript'> = {},
        p: CallOptions = {},
      ): Promise<Result<'readSessionTranscript'>> =>
        (await caller.call('readSessionTranscript', { params: { id }, query, ...p })).body,
      get: async (id: string, p: CallOptions = {}): Promise<ApiSession> =>
        (await caller.call('getSession', { params: { id }, ...p })).body.session,
    },
    /** Whose credential this client shows; conversations of agents are `sessions`. */
    session: {
      get: async (p: CallOptions = {}): Promise<ApiOwnSession> => (await caller.call('readOwnSession', p)).body.session,
      /** Exchanges the code of a link for the page's cookie, which the browser keeps. */
      signIn: async (code: string, p: CallOptions = {}): Promise<ApiOwnSession> =>
        (await caller.call('signIn', { body: { code }, ...p })).body.session,
      signOut: async (p: CallOptions = {}): Promise<void> => {
        await caller.call('signOut', p);
      },
      createLink: async (body: Body<'createSignInLink'> = {}, p: CallOptions = {}): Promise<ApiSignInLink> =>
        (await caller.call('createSignInLink', { body, ...p })).body.link,
    },
    hooks: {
      list: async (p: CallOptions = {}): Promise<ApiHook[]> =>
        everyPage(async (query) => {
          const { hooks: items, next_cursor } = (await caller.call('listHooks', { query, ...p })).body;
          return { items, next_cursor };
        }),
      calls: async (query: Query<'listHookCalls'> = {}, p: CallOptions = {}): Promise<Result<'listHookCalls'>> =>
        (await caller.call('listHookCalls', { query, ...p })).body,
      /** Calls it once with a sample. */
      test: async (name: string, p: CallOptions = {}): Promise<Result<'testHook'>> =>
        (await caller.call('testHook', { params: { name }, ...p })).body,
    },
    webhooks: {
      /** The triggers that webhooks wake. */
      list: async (query: Query<'listTriggers'> = {}, p: CallOptions = {}): Promise<Result<'listTriggers'>> =>
        (await caller.call('listTriggers', { query: { ...query, event: 'webhook' }, ...p })).body,
      deliveries: async (query: Query<'listDeliveries'> = {}, p: CallOptions = {}): Promise<Result<'listDeliveries'>> =>
        (await caller.call('listDeliveries', { query, ...p })).body,
      delivery: async (id: string, p: CallOptions = {}): Promise<ApiDelivery> =>
        (await caller.call('getDelivery', { params: { id }, ...p })).body.delivery,
      /** Resolves with the new delivery. */
      replay: async (id: string, p: CallOptions = {}): Promise<ApiDelivery> =>
        (await caller.call('replayDelivery', { params: { id }, ...p })).body.delivery,
      /** Signs a test delivery for a trigger, and sends it unless `dry_run`. */
      send: async (triggerId: string, body: Body<'sendWebhook'> = {}, p: CallOptions = {}): Promise<ApiSentWebhook> =>
        (await caller.call('sendWebhook', { params: { id: triggerId }, body, ...p })).body.sent,
    },
    secrets: {
      list: async (p: CallOptions = {}): Promise<ApiSecret[]> =>
        everyPage(async (query) => {
          const { secrets: items, next_cursor } = (await caller.call('listSecrets', { query, ...p })).body;
          return { items, next_cursor };
        }),
      /** Stores a value, also over an older one. */
      set: async (name: string, value: string, p: CallOptions = {}): Promise<Result<'setSecret'>> =>
        (await caller.call('setSecret', { params: { name }, body: { value }, ...p })).body,
      remove: async (name: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('removeSecret', { params: { name }, ...p });
      },
      rotateKey: async (p: CallOptions = {}): Promise<Result<'rotateSecretKey'>['rotation']> =>
        (await caller.call('rotateSecretKey', p)).body.rotation,
    },
    tokens: {
      /** Tokens and signed-in pages, without their secrets. */
      list: async (p: CallOptions = {}): Promise<ApiToken[]> =>
        everyPage(async (query) => {
          const { tokens: items, next_cursor } = (await caller.call('listTokens', { query, ...p })).body;
          return { items, next_cursor };
        }),
      /** The reply holds the secret, once. */
      create: async (body: Body<'createToken'>, p: CallOptions = {}): Promise<ApiIssuedToken> =>
        (await caller.call('createToken', { body, ...p })).body,
      rotate: async (id: string, body: Body<'rotateToken'> = {}, p: CallOptions = {}): Promise<ApiIssuedToken> =>
        (await caller.call('rotateToken', { params: { id }, body, ...p })).body,
      revoke: async (id: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('revokeToken', { params: { id }, ...p });
      },
    },
    /** Who asked for which change, newest first. */
    audit: async (query: Query<'listChanges'> = {}, p: CallOptions = {}): Promise<Result<'listChanges'>> =>
      (await caller.call('listChanges', { query, ...p })).body,
    packages: {
      list: async (p: CallOptions = {}): Promise<ApiPackage[]> =>
        everyPage(async (query) => {
          const { packages: items, next_cursor } = (await caller.call('listPackages', { query, ...p })).body;
          return { items, next_cursor };
        }),
      /** The absolute path of a folder there, or a name in the npm registry. */
      add: async (spec: string, p: CallOptions = {}): Promise<ApiPackage> =>
        (await caller.call('addPackage', { body: { spec }, ...p })).body.package,
      remove: async (name: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('removePackage', { params: { name }, ...p });
      },
    },
    nodes: {
      list: async (p: CallOptions = {}): Promise<ApiNode[]> =>
        everyPage(async (query) => {
          const { nodes: items, next_cursor } = (await caller.call('listNodes', { query, ...p })).body;
          return { items, next_cursor };
        }),
      get: async (name: string, p: CallOptions = {}): Promise<ApiNode> =>
        (await caller.call('getNode', { params: { name }, ...p })).body.node,
      drain: async (name: string, p: CallOptions = {}): Promise<ApiNode> =>
        (await caller.call('drainNode', { params: { name }, ...p })).body.node,
      undrain: async (name: string, p: CallOptions = {}): Promise<ApiNode> =>
        (await caller.call('undrainNode', { params: { name }, ...p })).body.node,
      remove: async (name: string, p: CallOptions = {}): Promise<void> => {
        await caller.call('removeNode', { params: { name }, ...p });
      },
    },
    config: {
      /** Every value in force, and where it comes from. */
      effective: async (p: CallOptions = {}): Promise<ApiEffectiveValue[]> =>
        (await caller.call('readConfig', p)).body.values,
      problems: async (p: CallOptions = {}): Promise<ApiConfigProblem[]> =>
        everyPage(async (query) => {
          const { problems: items, next_cursor } = (await caller.call('listConfigProblems', { query, ...p })).body;
          return { items, next_cursor };
        }),
    },

    usage: async (query: Query<'readUsage'> = {}, p: CallOptions = {}): Promise<ApiUsage> =>
      (await caller.call('readUsage', { query, ...p })).body.usage,
    /** Stops all planning and starting; what runs goes on. */
    pause: async (p: CallOptions = {}): Promise<ApiPauseState> =>
      (await caller.call('pauseAutomation', p)).body.automation,
    resume: async (p: CallOptions = {}): Promise<ApiPauseState> =>
      (await caller.call('resumeAutomation', p)).body.automation,
    /** What the enabled jobs would do in the coming days. */
    simulate: async (query: Query<'simulateJobs'> = {}, p: CallOptions = {}): Promise<ApiSimulation> =>
      (await caller.call('simulateJobs', { query, ...p })).body.simulation,
    /** What ran and what comes, as marks on lanes. */
    timeline: async (query: Query<'readTimeline'> = {}, p: CallOptions = {}): Promise<ApiTimeline> =>
      (await caller.call('readTimeline', { query, ...p })).body.timeline,
    /** What fires next, over all jobs. */
    next: async (query: Query<'listNextFires'> = {}, p: CallOptions = {}): Promise<Result<'listNextFires'>> =>
      (await caller.call('listNextFires', { query, ...p })).body,
    status: async (p: CallOptions = {}): Promise<ApiStatus> => (await caller.call('getStatus', p)).body.status,
    /** The Prometheus exposition text. */
    metrics: async (p: CallOptions = {}): Promise<string> => (await caller.send('getMetrics', p)).text(),
    /** Whether the process answers; needs no valid token. */
    health: async (p: CallOptions = {}): Promise<Result<'getHealth'>> => (await caller.call('getHealth', p)).body,
    ready: async (p: CallOptions = {}): Promise<Result<'getReadiness'>> => (await caller.call('getReadiness', p)).body,

    /**
     * Everything that happens from now on. Not resumed when the connection is lost, because what happened meanwhile
     * would be missing unseen: read the state anew, then listen again. `onListening` is called when nothing is missed
     * any more.
     */
    stream: happenings,
  };
}

/** All items of a list that is short enough to be wanted whole. */
async function everyPage<T>(
  page: (query: { limit: number; cursor?: string }) => Promise<{ items: T[]; next_cursor: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await page({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...items);
    cursor = next_cursor;
  } while (cursor !== undefined);
  return all;
}

function followedEvent(event: ReceivedEvent): FollowedEvent | undefined {
  switch (event.event) {
    case 'entry':
      return { type: 'entry', entry: JSON.parse(event.data) as ApiTranscriptEntry };
    case 'run':
    case 'end':
      return { type: event.event, run: JSON.parse(event.data) as ApiRun };
    case 'error':
      throw streamError(event);
    default:
      // A newer daemon may say more than this client knows.
      return undefined;
  }
}

/** What a server says before it ends a stream on its own. */
function streamError(event: ReceivedEvent): ApiError {
  const { code, detail, hint, title, status } = JSON.parse(event.data) as Record<string, string> & { status?: number };
  return new ApiError({
    status: status ?? 503,
    code: code ?? 'stream_ended',
    title: title ?? 'Stream ended',
    detail: detail ?? 'The daemon ended the stream.',
    hint: hint ?? 'Listen again.',
  });
}
