/**
 * What the webhook door is held against: the least that a Node server can do for a signed request. Reads the body,
 * compares the signature in constant time, answers; keeps nothing. Prints its port.
 *
 *   node bench/measurement/bare-server.ts SECRET
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const secret = process.argv[2] ?? '';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const digest = createHmac('sha256', secret).update(Buffer.concat(chunks)).digest('hex');
    const expected = Buffer.from(`sha256=${digest}`);
    const given = Buffer.from(String(request.headers['x-hub-signature-256']));
    const ok = given.length === expected.length && timingSafeEqual(given, expected);
    const text = JSON.stringify({ ok });
    response.writeHead(ok ? 202 : 401, { 'content-type': 'application/json', 'content-length': text.length });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
