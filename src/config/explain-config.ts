/** Every effective value and where it came from, for people: `rouse config explain` and the page. */
import { originOf } from './origin.ts';
import { plainJson } from './value-key.ts';
import type { LoadedConfig } from './load-config.ts';
import type { Origin } from './origin.ts';

export interface ExplainedValue {
  /** `daemon.port`, `automation.jobs["checkout-api/weekday-review"].schedule.expr` */
  path: string;
  /** Plain JSON, as it was written. Secrets are references or `(not shown)`. */
  value: unknown;
  origin: Origin;
}

export function explainConfig(config: LoadedConfig): ExplainedValue[] {
  return config.details.effective().map(({ path, value, origin }) => ({
    path,
    value: plainJson(value),
    origin: originOf(origin),
  }));
}
