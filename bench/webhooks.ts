/**
 * Webhook deliveries per second, verified, known again, stored durably and answered, against a bare Node HTTP server
 * that reads the same body and does the same HMAC (promises, section 3). Both are processes of their own and take turns
 * within one run, under the same senders; only the ratio is worth remembering.
 *
 *   node bench/webhooks.ts [--requests 3000] [--senders 64] [--rounds 5]
 *
 * The matching case creates a run per delivery, which waits because the one slot is taken: nothing but the door works.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openScratchDaemon, type ScratchDaemon } from '../src/testing/scratch-daemon.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '3000' },
    senders: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
  },
});
const requestCount = Number(values.requests);
const senders = Number(values.senders);
const rounds = Number(values.rounds);

/** What has to be reached. */
const RATIO_MIN = 0.5;
const SECRET = 'the secret of the benchmark';

const BARE = `
import { createServer } from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const expected = Buffer.from('sha256=' + createHmac('sha256', ${JSON.stringify(SECRET)}).update(Buffer.concat(chunks)).digest('hex'));
    const given = Buffer.from(String(request.headers['x-hub-signature-256']));
    const ok = given.length === expected.length && timingSafeEqual(given, expected);
    const text = JSON.stringify({ ok });
    response.writeHead(ok ? 202 : 401, { 'content-type': 'application/json', 'content-length': text.length });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

let number = 0;

/** Of the size of a small push event, each with a body of its own. */
function request(path: string): Buffer {
  number += 1;
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    number,
    commits: Array.from({ length: 3 }, (_, index) => ({
      id: `${number}-${index}`.padStart(40, '0'),
      message: 'x'.repeat(80),
    })),
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'X-GitHub-Event: push',
    `X-GitHub-Delivery: delivery-${number}`,
    `X-Hub-Signature-256: sha256=${signature}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}

/** Requests per second; each sender waits for its answer before it sends the next. */
async function measure(port: number, path: string): Promise<number> {
  const requests = Array.from({ length: requestCount }, () => request(path));
  let next = 0;
  const sender = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let text = '';
      const sendNext = (): void => {
        const bytes = requests[next];
        next += 1;
        if (bytes === undefined) {
          socket.end();
          resolve();
        } else socket.write(bytes);
      };
      socket.on('connect', sendNext);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const head = text.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/iu.exec(text)?.[1];
        if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return;
        if (!text.startsWith('HTTP/1.1 202')) return reject(new Error(text.slice(0, 300)));
        text = '';
        sendNext();
      });
    });
  const before = performance.now();
  await Promise.all(Array.from({ length: senders }, sender));
  return (requestCount / (performance.now() - before)) * 1000;
}

async function openBare(): Promise<{ port: number; close: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', BARE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    port: Number(line),
    close: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function triggerToml(name: string, filter: string): string {
  return `
[[automation.triggers]]
name = "${name}"
event = "webhook"
endpoint_slug = "${name}"
webhook_id = "wbh_${name}"
webhook_scheme = "github"
webhook_secret_ref = "env:BENCH_SECRET"
agent = "busy"
prompt = "hold"
overlap = "skip"
filter = { ${filter} }
`;
}

async function openDaemon(): Promise<ScratchDaemon> {
  return openScratchDaemon({
    environment: { ...process.env, BENCH_SECRET: SECRET },
    config: `
[daemon]
shutdown_grace = "100ms"
[automation]
max_concurrent_jobs = 1
[webhooks]
rate = { max = 100000000, window = "1m" }
[agents.busy]
type = "command"
command = ["sleep", "3600"]
stop_grace = "10ms"
${triggerToml('matching', '"data.ref" = "refs/heads/main"')}
${triggerToml('other', '"data.ref" = "refs/heads/other"')}`,
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const bare = await openBare();
const daemon = await openDaemon();
let isSlow = false;
try {
  const { port } = new URL(daemon.url);
  const paths = {
    matching: '/api/webhooks/global/matching--wbh_matching',
    other: '/api/webhooks/global/other--wbh_other',
  };
  // Compiled, cached, and the slot taken.
  for (const path of Object.values(paths)) await measure(Number(port), path);
  await measure(bare.port, '/');
  for (const [name, path] of Object.entries(paths)) {
    const ratios: number[] = [];
    const theirs: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      theirs.push(await measure(bare.port, '/'));
      ours.push(await measure(Number(port), path));
      ratios.push(ours.at(-1)! / theirs.at(-1)!);
    }
    const ratio = median(ratios);
    isSlow ||= ratio < RATIO_MIN;
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const what = name === 'matching' ? 'a run each' : 'no run (the filter says no)';
    process.stdout.write(
      `  ${what}: ${Math.round(median(ours))}/s, a bare server ${Math.round(median(theirs))}/s, ` +
        `ratio ${ratio.toFixed(2)} (${spread}); to reach: ${RATIO_MIN}\n`,
    );
  }
} finally {
  await daemon.close();
  await bare.close();
}
process.exitCode = isSlow ? 1 : 0;
