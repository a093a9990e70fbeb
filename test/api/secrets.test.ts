// The vault over HTTP: names out, values in, and nothing that could give one back.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Harness, openHarness } from './api-harness.ts';

const VALUE = 'planted-value-8f3a';

let house: Harness;
beforeEach(async () => {
  house = await openHarness();
});
afterEach(() => house.close());

test('a secret is stored, listed by name, stored again and removed', async () => {
  const created = await house.ask('PUT secrets/github%2Fwebhook', { json: { value: VALUE } });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    created: true,
    secret: { name: 'github/webhook', ref: 'vault:automation/github/webhook' },
  });
  expect((await house.ask('PUT secrets/github%2Fwebhook', { json: { value: 'another' } })).status).toBe(200);
  const listed = await house.ask('GET secrets');
  expect(listed.body.secrets.map((secret: { name: string }) => secret.name)).toEqual(['github/webhook']);
  expect(JSON.stringify(listed.body)).not.toContain(VALUE);
  expect((await house.ask('DELETE secrets/github%2Fwebhook')).status).toBe(204);
  expect((await house.ask('DELETE secrets/github%2Fwebhook')).body).toMatchObject({ code: 'secret_not_found' });
});

test.each(['deploy', 'automation%2Fdeploy', 'vault:automation%2Fdeploy'])('%s names the same secret', async (name) => {
  await house.ask('PUT secrets/deploy', { json: { value: VALUE } });
  const again = await house.ask(`PUT secrets/${name}`, { json: { value: 'another value' } });
  expect(again).toMatchObject({ status: 200, body: { created: false, secret: { ref: 'vault:automation/deploy' } } });
  expect((await house.ask(`DELETE secrets/${name}`)).status).toBe(204);
  expect((await house.ask('GET secrets')).body.secrets).toEqual([]);
});

test.each(['GET secrets/a', 'POST secrets/a', 'PATCH secrets/a'])('there is no %s', async (route) => {
  await house.ask('PUT secrets/a', { json: { value: VALUE } });
  const reply = await house.send(route);
  expect(reply.status).toBe(405);
  expect(await reply.text()).not.toContain(VALUE);
});

test.each([
  { value: [VALUE] },
  { value: { nested: VALUE } },
  { value: '', other: VALUE },
  { value: VALUE, extra: VALUE },
  VALUE,
  { secret: VALUE },
])('a wrong body is refused without repeating what may be the secret: %j', async (body) => {
  const reply = await house.ask('PUT secrets/a', { json: body });
  expect(reply.status).toBe(422);
  expect(JSON.stringify(reply.body)).not.toContain(VALUE);
});

test.each(['A', 'a//b', '..', 'a%20b', '%00', 'a%2F', 'é'])('the name %s is refused', async (name) => {
  const reply = await house.ask(`PUT secrets/${name}`, { json: { value: VALUE } });
  expect([404, 422]).toContain(reply.status);
  expect((await house.ask('GET secrets')).body.secrets).toEqual([]);
});

test('the master key is rotated, and the values stay', async () => {
  await house.ask('PUT secrets/a', { json: { value: VALUE } });
  expect((await house.ask('POST secrets/rotate-key')).body).toEqual({ rotation: { resealed: 1, key_from: 'file' } });
});

test('nobody without the token learns a name', async () => {
  expect((await house.ask('GET secrets', { token: null })).status).toBe(401);
});
