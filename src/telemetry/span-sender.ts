/** Spans as the OpenTelemetry library sends them: batched, bounded, tried again, over OTLP with JSON. */
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { EpochMs } from '../model/instant.ts';
import type { SpanIds, TraceSpan } from './run-trace.ts';

export interface SpanSender {
  send(spans: readonly TraceSpan[]): void;
  /** Resolves soon, whether the collector answers or not. */
  close(): Promise<void>;
}

/** Retries included. Also the longest that a collector which hangs can hold up the end of the daemon. */
const REQUEST_MS_MAX = 3_000;
const BATCH_MS = 2_000;
/** Spans that wait for a collector that is slow or away; beyond, new ones are dropped. */
const WAITING_MAX = 10_000;

export function openSpanSender(p: {
  url: string;
  version: string;
  node: string;
  onResult: (error: string | undefined) => void;
}): SpanSender {
  // The library asks for an identifier per span and knows no way to be given one.
  let ids: SpanIds = { traceId: '', spanId: '' };
  const exporter = new OTLPTraceExporter({ url: p.url, timeoutMillis: REQUEST_MS_MAX });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'rouse',
      'service.version': p.version,
      'service.instance.id': p.node,
    }),
    idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: telling(exporter, p.onResult),
        maxQueueSize: WAITING_MAX,
        scheduledDelayMillis: BATCH_MS,
        exportTimeoutMillis: REQUEST_MS_MAX,
      }),
    ],
  });
  const tracer = provider.getTracer('rouse', p.version);
  return {
    send(spans) {
      for (const { name, parent, links, startAt, endAt, attributes, error, ids: own } of spans) {
        ids = own;
        const span = tracer.startSpan(
          name,
          {
            kind: SpanKind.INTERNAL,
            startTime: hrTime(startAt),
            attributes,
            links: links.map((link) => ({ context: spanContext(link) })),
          },
          within(parent),
        );
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
        span.end(hrTime(endAt));
      }
    },
    async close() {
      // All batches at once, so that it takes no longer than one request may.
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** Whoever sends in the background says how it went; the address is not told, because it often holds a key. */
function telling(exporter: OTLPTraceExporter, onResult: (error: string | undefined) => void): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const reason = result.error === undefined ? '' : `: ${result.error.name}`;
        onResult(result.code === 0 ? undefined : `the collector at daemon.traces_url does not take spans${reason}`);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}

function within(parent: SpanIds | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext(parent));
}

function spanContext(ids: SpanIds): SpanIds & { traceFlags: number } {
  return { ...ids, traceFlags: TraceFlags.SAMPLED };
}

/** A plain number would be taken for time since the process began, where it is small. */
function hrTime(at: EpochMs): [number, number] {
  return [Math.floor(at / 1000), (at % 1000) * 1_000_000];
}
