/**
 * Lets one process at a time install or build in this checkout; the others wait for it and then find it done.
 * A lock whose owner died is taken over, so a killed start never blocks the next one.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './fingerprint.mjs';

const lock = join(root, 'dist/.setup.lock');
/** The owner touches the lock far more often than this; a process id alone could have been given to another program. */
const staleMs = 60_000;
const touchMs = 5_000;
const pollMs = 100;

/** @param {unknown} error */
const codeOf = (error) => /** @type {{ code?: string }} */ (error).code;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** The text of the lock when its owner is gone, else undefined. */
function abandonedLock() {
  try {
    const text = readFileSync(lock, 'utf8');
    const fresh = Date.now() - statSync(lock).mtimeMs < staleMs;
    return fresh && isAlive(Number(text)) ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Several processes may find the same dead lock. Renaming picks one of them; should it have caught the lock of a
 * quicker successor instead, it puts that one back.
 * @param {string} abandoned
 */
function removeAbandoned(abandoned) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (readFileSync(aside, 'utf8') !== abandoned) linkSync(aside, lock);
  } catch {
    // Somebody else was quicker; the next attempt to take the lock will tell.
  }
  rmSync(aside, { force: true });
}

/**
 * @param {() => Promise<number>} work
 * @returns {Promise<number>} what `work` returned
 */
export async function withSetupLock(work) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  let told = false;
  const waitingSince = Date.now();
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const abandoned = abandonedLock();
    if (abandoned !== undefined) {
      removeAbandoned(abandoned);
      continue;
    }
    if (!told && Date.now() - waitingSince > 1000) {
      told = true;
      process.stderr.write('Another start is setting up this checkout; waiting for it…\n');
    }
    await sleep(pollMs);
  }
  const touch = setInterval(() => {
    try {
      utimesSync(lock, new Date(), new Date());
    } catch {
      // A removed folder is noticed by the work itself.
    }
  }, touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(lock, { force: true });
  }
}
