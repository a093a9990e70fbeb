// The way to the server is cut as a cable is: nothing arrives any more, and nobody is told. Whoever closes then must not
// wait for the server's goodbye.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { Database } from '../../src/store/postgres/database.ts';
import { NotifyChannel } from '../../src/store/postgres/notify-channel.ts';
import { testDatabase } from './test-database.ts';

const applicationName = 'rouse silence';
/** Of both sides of the way. */
const sockets = new Set<Socket>();
let way: Server;
let url: string;

beforeEach(async () => {
  const target = new URL(await testDatabase({ empty: true }));
  // Half open: the end of one side is not answered with the end of the other.
  way = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}));
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => near.write(data));
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const through = new URL(target);
  through.port = String((way.address() as AddressInfo).port);
  url = through.href;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  way.close();
  await once(way, 'close');
});

function cut(): void {
  for (const socket of sockets) socket.removeAllListeners('data').resume();
}

/** What keeps this process alive besides the sockets of the way itself. */
const ownSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length - sockets.size;

test('a database that went silent is closed, and none of its connections keeps the process alive', async () => {
  const before = ownSockets();
  const database = new Database({ url, applicationName });
  await Promise.all([1, 2, 3].map((n) => database.one('select ?::int', n)));
  expect(ownSockets()).toBeGreaterThan(before);
  cut();
  await database.close();
  await expect.poll(ownSockets, { timeout: 15_000 }).toBe(before);
}, 30_000);

test('a channel that went silent is closed', async () => {
  const options = { url, applicationName };
  const [speaker, listener] = ['a', 'b'].map((node) => new NotifyChannel({ options, clock: systemClock(), node }));
  const heard: string[] = [];
  listener!.listen((said) => heard.push('text' in said ? said.text : 'missed'));
  await expect.poll(() => (speaker!.tell('hello'), heard.length), { timeout: 15_000 }).toBeGreaterThan(0);
  cut();
  await Promise.all([speaker!.close(), listener!.close()]);
}, 30_000);
