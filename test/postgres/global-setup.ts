/**
 * One PostgreSQL server for all tests of a run. It is started when the first test asks for it, so that a run without
 * such tests does not wait, and stopped with the run.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { TestProject } from 'vitest/node';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDatabase, startPostgresServer } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port on which tests ask for the server. */
    postgresDoor: number;
  }
}

/** Holds the schema, and nobody stays connected to it: a database per test is a copy of it. */
export const TEMPLATE = 'rouse_template';

let starting: Promise<PostgresServer> | undefined;
let door: Server | undefined;

export async function setup(project: TestProject): Promise<void> {
  door = createServer((socket) => {
    socket.on('error', () => {});
    starting ??= startWithTemplate();
    starting.then(
      (server) => socket.end(JSON.stringify({ url: server.url })),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    );
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  project.provide('postgresDoor', (door.address() as AddressInfo).port);
}

export async function teardown(): Promise<void> {
  door?.close();
  await (await starting?.catch(() => undefined))?.dispose();
}

async function startWithTemplate(): Promise<PostgresServer> {
  const server = await startPostgresServer();
  const url = await createDatabase({ url: server.url, name: TEMPLATE });
  await (await openPostgresStore({ url, node: 'template', clock: systemClock() })).close();
  return server;
}
