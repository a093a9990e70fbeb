/**
 * Many senders of GitHub-like webhooks in a process of their own, so that they take their time from neither server:
 * keep-alive connections, each sending its next request when the last one was answered. All requests are built and
 * signed before the first one leaves.
 *
 *   node bench/measurement/senders.ts --port 8080 --path /x --requests 10000 --senders 128 --secret s --first 1
 *
 * Prints one line of JSON, {@link Sent}. Ends with 1 at the first answer that is not 202.
 */
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { percentile } from './distribution.ts';

export interface Sent {
  perSecond: number;
  /** From the first byte out to the last byte of the answer, milliseconds. */
  p50Ms: number;
  p99Ms: number;
}

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    path: { type: 'string', default: '/' },
    requests: { type: 'string' },
    senders: { type: 'string' },
    secret: { type: 'string' },
    /** The number of the first request: two runs with other numbers send nothing twice. */
    first: { type: 'string', default: '1' },
  },
});
const requestCount = Number(values.requests);
const first = Number(values.first);

/** Of the size of a small push event, each with a body of its own. */
function request(number: number): Buffer {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    number,
    commits: Array.from({ length: 3 }, (_, index) => ({
      id: `${number}-${index}`.padStart(40, '0'),
      message: 'x'.repeat(80),
    })),
  });
  const signature = createHmac('sha256', values.secret ?? '')
    .update(body)
    .digest('hex');
  const head = [
    `POST ${values.path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'X-GitHub-Event: push',
    `X-GitHub-Delivery: delivery-${number}`,
    `X-Hub-Signature-256: sha256=${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}

const requests = Array.from({ length: requestCount }, (_, index) => request(first + index));
const latencies = new Float64Array(requestCount);
let next = 0;

function send(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(values.port), host: '127.0.0.1', noDelay: true });
    let text = '';
    let number = 0;
    let sentAt = 0;
    const sendNext = (): void => {
      number = next;
      next += 1;
      const bytes = requests[number];
      if (bytes === undefined) {
        socket.end();
        return resolve();
      }
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.on('connect', sendNext);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server closed the connection: ${text.slice(0, 300)}`)));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /content-length: (\d+)/iu.exec(text)?.[1];
      if (length === undefined || text.length < head + 4 + Number(length)) return;
      if (!text.startsWith('HTTP/1.1 202')) return reject(new Error(text.slice(0, 300)));
      text = '';
      latencies[number] = performance.now() - sentAt;
      sendNext();
    });
  });
}

const before = performance.now();
await Promise.all(Array.from({ length: Number(values.senders) }, send));
const perSecond = (requestCount / (performance.now() - before)) * 1000;
const sent: Sent = { perSecond, p50Ms: percentile([...latencies], 0.5), p99Ms: percentile([...latencies], 0.99) };
process.stdout.write(`${JSON.stringify(sent)}\n`);
