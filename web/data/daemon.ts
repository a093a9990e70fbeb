/** The daemon that served this page, through the official client; the session cookie goes along by itself. */
import { createClient } from '../../src/client/client.ts';
import { now } from '../clock/browser-clock.ts';

/** When bytes last came over the live stream, in milliseconds since 1970: silence is how a dead connection looks. */
export const streamPulse = { at: 0 };

/** Notes every piece of a stream as it passes, keep-alive comments included, which the client does not show. */
const watchingFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isStream = response.headers.get('content-type') === 'text/event-stream';
  if (!isStream || response.body === null) return response;
  const noting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      streamPulse.at = now();
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(noting), response);
};

export const daemon = createClient({ url: location.origin, name: 'page', fetch: watchingFetch });
