/**
 * The live connection to the daemon: everything that happens, as it happens.
 *
 * Happenings are kept nowhere, so after every interruption the state is read anew, from the moment on at which nothing
 * is missed any more. Interruptions are: an error, silence longer than the daemon's keep-alive, a machine that slept
 * (timers that came late), and a page that nobody looks at, which lets its connection go: a browser has only six per
 * daemon for all of its tabs.
 */
import type { ApiHappening } from '../../src/client/client.ts';
import { ApiError } from '../../src/client/api-error.ts';
import { after, every, now, pause } from '../clock/browser-clock.ts';
import { daemon, streamPulse } from '../data/daemon.ts';
import { ExternalState } from './external-state.ts';
import { noteSignedOut, signedOut } from './session-state.ts';

export type LinkState =
  | { name: 'connecting' }
  | { name: 'live' }
  /** `since`: what is shown is from then, in milliseconds since 1970. */
  | { name: 'lost'; since: number };

export const linkState = new ExternalState<LinkState>({ name: 'connecting' });

const CHECK_MS = 5_000;
/** Twice the daemon's keep-alive, and some. */
const SILENCE_MS_MAX = 40_000;
/** A daemon that does not answer at all is asked again; a network that went away says nothing by itself. */
const ANSWER_MS_MAX = 15_000;
/** A tab in the background keeps its connection that long, for those who look back and forth. */
const HIDDEN_MS_MAX = 60_000;
const PAUSE_MS_MIN = 500;
const PAUSE_MS_MAX = 8_000;

export interface LinkListener {
  /** From now on nothing is missed: what was read before may be old. */
  onListening(): void;
  onHappening(happening: ApiHappening): void;
}

/** Runs for the life of the page. */
export function startLiveLink(listener: LinkListener): void {
  const link = new LiveLink(listener);
  void link.run();
}

class LiveLink {
  readonly #listener: LinkListener;
  #connection = new AbortController();
  /** Aborted when there is a reason not to wait any longer. */
  #waiting = new AbortController();
  #liveUntil = now();
  #checkedAt = now();

  constructor(listener: LinkListener) {
    this.#listener = listener;
    every(CHECK_MS, () => this.#check());
    window.addEventListener('online', () => this.#wake());
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
  }

  async run(): Promise<void> {
    let failures = 0;
    // A browser that is signed out comes back with a new page.
    while (!signedOut.get()) {
      if (document.visibilityState === 'visible' || failures === 0) {
        const wasLive = await this.#connect();
        failures = wasLive ? 1 : failures + 1;
      }
      this.#waiting = new AbortController();
      // A page that nobody sees waits until somebody does.
      const ms = Math.min(PAUSE_MS_MIN * 2 ** (failures - 1), PAUSE_MS_MAX);
      await pause(document.visibilityState === 'visible' ? ms : 2 ** 30, this.#waiting.signal);
    }
  }

  /** Resolves when the connection is over, with whether it ever was one. */
  async #connect(): Promise<boolean> {
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    let wasLive = false;
    streamPulse.at = now();
    try {
      const onListening = (): void => {
        wasLive = true;
        linkState.set({ name: 'live' });
        this.#listener.onListening();
      };
      for await (const happening of daemon.stream({ signal, onListening })) this.#listener.onHappening(happening);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) noteSignedOut();
    }
    if (linkState.get().name !== 'lost') linkState.set({ name: 'lost', since: wasLive ? now() : this.#liveUntil });
    if (wasLive) this.#liveUntil = now();
    return wasLive;
  }

  #check(): void {
    const slept = now() - this.#checkedAt > 4 * CHECK_MS;
    this.#checkedAt = now();
    if (document.visibilityState !== 'visible') return;
    const silenceMs = linkState.get().name === 'live' ? SILENCE_MS_MAX : ANSWER_MS_MAX;
    const silent = now() - streamPulse.at > silenceMs;
    if (slept || silent) {
      this.#connection.abort(new Error(slept ? 'the machine slept' : 'the daemon fell silent'));
      this.#wake();
    }
  }

  #wake(): void {
    this.#waiting.abort();
  }

  #visibilityChanged(): void {
    this.#checkedAt = now();
    if (document.visibilityState === 'visible') {
      this.#wake();
      return;
    }
    after(HIDDEN_MS_MAX, () => {
      if (document.visibilityState === 'hidden') this.#connection.abort(new Error('nobody looks'));
    });
  }
}
