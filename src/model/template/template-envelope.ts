/** What a template is rendered from: the activation envelope, and the names its fields have inside templates. */

/** The envelope in wire keys, as far as templates see it; any activation envelope is assignable. */
export interface TemplateEnvelope {
  readonly id?: string;
  readonly kind: string;
  readonly scope: string;
  readonly workspace_id?: string;
  readonly source: string;
  /** Absent or null only in documents that were never validated; both are an empty map. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  /** Text as it is, or milliseconds since 1970, which print as RFC 3339 in UTC. */
  readonly occurred_at?: string | number;
  readonly depth?: number;
}

/** The fields of the envelope in templates, in the order in which messages list them. */
export const envelopeFields = ['Kind', 'Scope', 'WorkspaceID', 'Source', 'Data', 'ID', 'OccurredAt'] as const;
export type EnvelopeField = (typeof envelopeFields)[number];

export function isEnvelopeField(name: string): name is EnvelopeField {
  return (envelopeFields as readonly string[]).includes(name);
}

/** Stands for data that is absent: it is an empty map, but unlike `{}` it equals nil, as a nil map does in Go. */
export const absentData: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null) as object) as Readonly<
  Record<string, unknown>
>;

const instantMsMax = 8.64e15;

function instantText(instant: string | number | undefined): string {
  if (typeof instant !== 'number') return instant ?? '';
  return Math.abs(instant) <= instantMsMax ? new Date(instant).toISOString() : String(instant);
}

/** Wire text made safe: a missing field is empty, as the zero value is in Go. */
function wireText(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : '';
}

/** The root value of a template. A class of its own, so that no map in the data can be mistaken for it. */
export class EnvelopeRoot {
  readonly Kind: string;
  readonly Scope: string;
  readonly WorkspaceID: string;
  readonly Source: string;
  readonly Data: Readonly<Record<string, unknown>>;
  readonly #envelope: TemplateEnvelope;

  constructor(envelope: TemplateEnvelope) {
    this.#envelope = envelope;
    this.Kind = wireText(envelope.kind);
    this.Scope = wireText(envelope.scope);
    this.WorkspaceID = wireText(envelope.workspace_id);
    this.Source = wireText(envelope.source);
    this.Data = envelope.data ?? absentData;
  }

  // These two are read by few templates, so they are not made for every render.
  get ID(): string {
    return wireText(this.#envelope.id);
  }

  get OccurredAt(): string {
    return instantText(this.#envelope.occurred_at).toWellFormed();
  }
}
