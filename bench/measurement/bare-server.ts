/**
 * What the webhook door is held against: the least that a Node server can do for a signed request. Reads the body,
 * compares the signature in constant time, answers; keeps nothing. With a folder it also keeps each body, durably and
 * once, in two columns of one SQLite table, all that came in during one turn of the event loop in one synced
 * transaction: the least that "stored, then answered" can cost. Prints its port.
 *
 *   node bench/measurement/bare-server.ts SECRET [FOLDER]
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const [secret = '', folder] = process.argv.slice(2);

interface Waiting {
  key: string;
  body: Buffer;
  response: ServerResponse;
}

function answer(response: ServerResponse, ok: boolean): void {
  const text = JSON.stringify({ ok });
  response.writeHead(ok ? 202 : 401, { 'content-type': 'application/json', 'content-length': text.length });
  response.end(text);
}

/** Answers when it is on the disk. */
function keeper(file: string): (one: Waiting) => void {
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 67108864');
  database.exec('create table kept (seq integer primary key, key text not null unique, body blob not null) strict');
  const insert = database.prepare('insert into kept (key, body) values (?, ?) on conflict do nothing');
  let waiting: Waiting[] = [];
  const write = (): void => {
    const batch = waiting;
    waiting = [];
    database.exec('begin immediate');
    for (const { key, body } of batch) insert.run(key, body);
    database.exec('commit');
    for (const { response } of batch) answer(response, true);
  };
  return (one) => {
    if (waiting.push(one) === 1) setImmediate(write);
  };
}

const keep = folder === undefined ? undefined : keeper(join(folder, 'kept.db'));
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const digest = createHmac('sha256', secret).update(body).digest('hex');
    const expected = Buffer.from(`sha256=${digest}`);
    const given = Buffer.from(String(request.headers['x-hub-signature-256']));
    const ok = given.length === expected.length && timingSafeEqual(given, expected);
    if (ok && keep !== undefined) keep({ key: hash('sha256', body, 'base64url'), body, response });
    else answer(response, ok);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
