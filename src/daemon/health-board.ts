/** What `status` and `readyz` say of the services, from the same happenings that everybody else listens to. */
import type { Readiness, ServiceHealth } from '../api/api-deps.ts';
import type { HappeningBus } from '../events/happening.ts';

/** They only tell others how it is: nobody who asks for work has to wait for them. */
const ONLY_TELLING: ReadonlySet<string> = new Set(['heartbeat', 'traces']);

export class HealthBoard {
  readonly #failing = new Map<string, ServiceHealth>();
  /** Whether the engine has completed a look. */
  readonly #hasTicked: () => boolean;
  /** Stops listening. */
  readonly close: () => void;

  constructor(p: { bus: HappeningBus; hasTicked: () => boolean }) {
    this.#hasTicked = p.hasTicked;
    this.close = p.bus.subscribe((happening) => {
      if (happening.type === 'service.failed') {
        const { service, error, at } = happening;
        const since_at = this.#failing.get(service)?.since_at ?? at;
        this.#failing.set(service, { name: service, healthy: false, error, since_at });
      }
      if (happening.type === 'service.recovered') this.#failing.delete(happening.service);
      // A configuration that was applied is the recovery of one that could not be.
      if (happening.type === 'config.loaded') this.#failing.delete('config');
    });
  }

  services(): ServiceHealth[] {
    return [...new Map([['engine', { name: 'engine', healthy: true }], ...this.#failing]).values()];
  }

  readiness(): Readiness {
    const waiting = this.services().filter((service) => !service.healthy && !ONLY_TELLING.has(service.name));
    const ticked = this.#hasTicked();
    return {
      ready: ticked && waiting.length === 0,
      waiting_for: [...(ticked ? [] : ['engine']), ...waiting.map((service) => service.name)],
    };
  }
}
