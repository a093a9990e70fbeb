/** The database server of several nodes: reached, new enough, of a schema we know, on time, with room for a node. */
import { AppError } from '../../errors/app-error.ts';
import { resolveStoreUrl } from '../../secrets/store-url.ts';
import { Redactor } from '../../secrets/redactor.ts';
import { inspectServer, type ServerState } from '../../store/postgres/inspect-server.ts';
import { type Finding, finding, ok } from './finding.ts';

/** PostgreSQL 15. */
const VERSION_MIN = 150_000;
/** What one node keeps at most. */
const CONNECTIONS_OF_NODE = 12;
/** As a node sees it. */
const SKEW_MAX_MS = 5_000;

export async function checkServer(p: {
  /** `[store] url` as it is written. */
  storeUrl: string;
  environment: Readonly<Record<string, string | undefined>>;
  now: () => number;
}): Promise<Finding[]> {
  const check = 'store';
  const redactor = new Redactor();
  try {
    const url = await resolveStoreUrl({ url: p.storeUrl, environment: p.environment, redactor });
    return findingsOf(await inspectServer({ url, now: p.now }), placeOf(url));
  } catch (error) {
    const said = redactor.redact(error instanceof Error ? error.message : String(error));
    const next =
      error instanceof AppError && /refused|store\.url/.test(said)
        ? 'Correct `[store] url`, or what it refers to; daemons end with the same sentence.'
        : 'Start the server, or see to the network between; daemons wait for it and go on by themselves.';
    return [finding('failure', { check, said, next })];
  }
}

function findingsOf(state: ServerState, place: string): Finding[] {
  const { version, versionNumber, skewMs, connections, schema } = state;
  const check = 'store';
  const findings: Finding[] = [];
  if (versionNumber < VERSION_MIN) {
    const next = 'Upgrade the server to PostgreSQL 15 or newer.';
    findings.push(finding('failure', { check, said: `PostgreSQL ${version} at ${place} is older than 15`, next }));
  } else findings.push(ok(check, `PostgreSQL ${version} at ${place}, ${schemaText(schema)}`));
  if ('refused' in schema) {
    findings.push(finding('failure', { check, said: schema.refused, next: 'See docs/guides/several-machines.md.' }));
  }
  const free = connections.max - connections.used;
  const used = `${connections.used} of ${connections.max} connections are in use`;
  if (free < CONNECTIONS_OF_NODE) {
    const next = `A node needs up to ${CONNECTIONS_OF_NODE}: raise max_connections, or end what holds them.`;
    findings.push(finding('warning', { check, said: used, next }));
  } else findings.push(ok(check, used));
  const skew = `the clock of this machine is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} the server's`;
  if (Math.abs(skewMs) > SKEW_MAX_MS) {
    const next = 'Set the clocks of both by NTP (timedatectl set-ntp true): leases of nodes rest on their agreeing.';
    findings.push(finding('warning', { check: 'clock', said: skew, next }));
  } else findings.push(ok('clock', skew));
  return findings;
}

function schemaText(schema: ServerState['schema']): string {
  if ('refused' in schema) return 'with a schema that is not ours';
  const { applied, known } = schema;
  if (applied === 0) return 'still empty: the first node that starts makes the schema';
  if (applied < known) return `schema ${applied}: the next node that starts brings it to ${known}`;
  return applied === known
    ? `schema ${applied}`
    : `schema ${applied}, newer than the ${known} of this version and usable`;
}

/** Without who and with what password. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'its address' : `${parsed.host}${parsed.pathname}`;
}
