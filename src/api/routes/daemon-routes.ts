/** The daemon itself: how it is, what happens in it, and what is wrong with its configuration. */
import type { z } from 'zod';
import type { ConfigProblem } from '../../config/config-problem.ts';
import type { ExplainedValue } from '../../config/explain-config.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { effectiveValue } from '../contract/config.ts';
import { DOCS_HEADERS, docsPage } from '../docs-page.ts';
import type { Handlers } from '../endpoint.ts';
import { LastCounts } from '../last-counts.ts';
import type { EventStreams } from '../event-stream.ts';
import { listenToHappenings } from '../happening-stream.ts';
import { openApiDocument } from '../openapi.ts';
import { pageOf } from '../page-list.ts';
import { RecentHappenings } from '../recent-happenings.ts';
import { toWire } from '../wire.ts';

type DaemonHandlers = Handlers<
  | 'pauseAutomation'
  | 'resumeAutomation'
  | 'getStatus'
  | 'readConfig'
  | 'listConfigProblems'
  | 'streamHappenings'
  | 'getHealth'
  | 'getReadiness'
  | 'getMetrics'
  | 'getOpenApi'
  | 'getDocs'
>;

export function daemonRoutes(deps: ApiDeps, streams: EventStreams): DaemonHandlers {
  const recent = new RecentHappenings({ bus: deps.bus, epoch: deps.status().node });
  const counts = new LastCounts(deps);
  let document: Record<string, unknown> | undefined;
  let page: string | undefined;
  return {
    async pauseAutomation({ actor }) {
      return { body: { automation: toWire(await deps.commands.pause({ actor })) } };
    },

    async resumeAutomation({ actor }) {
      return { body: { automation: toWire(await deps.commands.resume({ actor })) } };
    },

    async getStatus() {
      const { version, node, home, url, started_at, automation_enabled, config_problems, services } = deps.status();
      const pause = toWire(deps.commands.pauseState());
      const automation = { enabled: automation_enabled, ...pause, timezone: deps.automationTimezone() };
      const status = toWire({
        version,
        node,
        home,
        url,
        now_at: deps.clock.now(),
        started_at,
        services: [...services],
      });
      const counted = await counts.read();
      return { body: { status: { ...status, automation, ...counted, config_problems: config_problems.length } } };
    },

    async readConfig() {
      return { body: { values: deps.effectiveConfig().map(effectiveValueView) } };
    },

    async listConfigProblems({ query }) {
      const problems = [...deps.status().config_problems, ...(await deps.missingSecrets())];
      const { items, ...more } = pageOf(problems, { query, keyOf: placeOf });
      return { body: { problems: items.map((problem) => ({ ...problem })), ...more } };
    },

    async streamHappenings({ stream, headers }) {
      const after = headers.get('last-event-id');
      return streams.reply((signal) => listenToHappenings({ clock: deps.clock, recent }, { after, signal }), stream);
    },

    async getHealth() {
      return { body: { status: 'ok' } };
    },

    async getReadiness() {
      const { ready, waiting_for } = deps.readiness();
      if (ready) return { body: { status: 'ready' } };
      return { status: 503, body: { status: 'not_ready', waiting_for: [...waiting_for] } };
    },

    async getMetrics() {
      const { contentType, text } = await deps.metrics();
      return new Response(text, { headers: { 'content-type': contentType } });
    },

    async getOpenApi() {
      document ??= openApiDocument({ version: deps.status().version });
      return { body: document };
    },

    async getDocs() {
      page ??= docsPage();
      return new Response(page, { headers: DOCS_HEADERS });
    },
  };
}

function effectiveValueView({ path, value, origin }: ExplainedValue): z.output<typeof effectiveValue> {
  return typeof origin === 'string' ? { path, value, from: origin } : { path, value, from: 'file', ...origin };
}

const PLACE_DIGITS = 9;

/** By file, then from its top down; the message tells apart what stands at one place. */
function placeOf({ file, line, column, path, message }: ConfigProblem): string {
  const digits = (place: number | undefined): string => String(place ?? 0).padStart(PLACE_DIGITS, '0');
  return [file, digits(line), digits(column), path, message].join('\n');
}
