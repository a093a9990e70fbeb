#!/usr/bin/env node
/**
 * A worker for Rouse's tasks, in plain Node without packages: takes tasks from one channel, lets a program of yours do
 * each, and reports what it said.
 *
 *   node worker.mjs --channel reviews -- ./review.sh
 *
 * The program finds the task's description on its standard input, and the title in TASK_TITLE. Exit code 0 completes
 * the task with what was printed; any other fails it with what was printed on standard error.
 *
 * What it shows: waiting for work without polling, heartbeats while the work lasts, stopping the work when the lease
 * is lost (somebody else may have the task by then), and giving the task back when this worker is told to stop.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    channel: { type: 'string' },
    home: { type: 'string', default: process.env.ROUSE_HOME ?? join(homedir(), '.rouse') },
    lease: { type: 'string', default: '60s' },
    once: { type: 'boolean', default: false },
  },
});
const [program, ...args] = positionals;
if (program === undefined) {
  console.error('usage: worker.mjs [--channel NAME] [--lease 60s] [--once] -- PROGRAM [ARGUMENT…]');
  process.exit(2);
}

/** A third of the shortest lease that makes sense here, so that two heartbeats may be lost. */
const HEARTBEAT_MS = 20_000;
const RETRY_MS = 2_000;
const worker = `${hostname()}:${process.pid}`;
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
process.once('SIGINT', () => stopping.abort());

/** The daemon may have been restarted on another port meanwhile, so its address is read anew for each request. */
async function post(path, body, signal) {
  const { url } = JSON.parse(await readFile(join(values.home, 'daemon.json'), 'utf8'));
  const token = (await readFile(join(values.home, 'token'), 'utf8')).trim();
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'rouse-client': 'task-worker' },
    body: JSON.stringify(body),
    signal,
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.detail), { code: answer.code });
  return answer;
}

/** Tries until the daemon answers; a refusal is an answer. */
async function postSurely(path, body) {
  for (;;) {
    try {
      return await post(path, body);
    } catch (error) {
      if (error.code === 'task_lease_lost' || error.code === 'task_run_not_found') return undefined;
      console.error(`${path}: ${error.message}; trying again`);
      await pause(RETRY_MS);
    }
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves with how the program ended; `lost` aborts it. */
function work(task, lost) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, TASK_ID: task.id, TASK_TITLE: task.title },
      signal: AbortSignal.any([lost, stopping.signal]),
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors += data));
    child.stdin.on('error', () => {}); // It may end without reading.
    child.stdin.end(task.description ?? '');
    child.on('error', (error) => resolve({ error: error.message }));
    child.on('close', (code) => resolve(code === 0 ? { output } : { error: errors.trim() || `exit code ${code}` }));
  });
}

async function carryOut({ task, lease_token }) {
  console.log(`${task.id} claimed: ${task.title}`);
  const run = `/task-runs/${task.task_run.id}`;
  const lost = new AbortController();
  const keepLease = async () => {
    const kept = await postSurely(`${run}/heartbeat`, { lease_token, lease: values.lease });
    if (kept === undefined) lost.abort();
  };
  const beat = setInterval(() => void keepLease(), HEARTBEAT_MS);
  const { output, error } = await work(task, lost.signal);
  clearInterval(beat);
  if (lost.signal.aborted) return console.log(`${task.id} lost: its lease ran out, or it was canceled`);
  if (stopping.signal.aborted) return postSurely(`${run}/release`, { lease_token, reason: 'the worker was stopped' });
  const ended =
    error === undefined
      ? await postSurely(`${run}/complete`, { lease_token, output: output.trim().slice(0, 65_000) })
      : await postSurely(`${run}/fail`, { lease_token, error: error.slice(0, 65_000) });
  console.log(`${task.id} ${ended?.task.status ?? 'lost'}`);
}

while (!stopping.signal.aborted) {
  try {
    const wanted = { worker, lease: values.lease, ...(values.channel && { network_channel: values.channel }) };
    const { claim } = await post('/tasks/claim?wait=60s', wanted, stopping.signal);
    if (claim === null) continue;
    await carryOut(claim);
    if (values.once) break;
  } catch (error) {
    if (stopping.signal.aborted) break;
    console.error(`${error.message}; trying again`);
    await pause(RETRY_MS);
  }
}
