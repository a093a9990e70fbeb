/** One effective value of the configuration, before anybody asked for the line it stands on. */
import type { OriginSource } from './origin.ts';

export interface EffectiveValue {
  /** `daemon.port`, `agents.reviewer.command`, `automation.jobs["checkout-api/weekday-review"].schedule.expr` */
  path: string;
  /** As people may see it: references, never secrets. */
  value: unknown;
  origin: OriginSource;
}
