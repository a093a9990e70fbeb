/** Errors about webhooks that come in, and about hooks that go out. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, invalid, denied, unavailable } = EXIT_CODES;

export const webhookErrors = {
  webhook_not_found: entry({
    title: 'No such endpoint',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'Compare the address with `rouse webhooks url`; a trigger that is switched off has none.',
    // Says the same for every address: which ones exist is nobody's business.
    message: () => 'There is no webhook endpoint at this address.',
  }),
  webhook_malformed: entry<{ reason: string }>({
    title: 'Malformed delivery',
    status: 400,
    exitCode: invalid,
    retryable: false,
    hint: "Compare the request with the page of the endpoint's scheme in the reference.",
    message: ({ reason }) => `The delivery cannot be understood: ${reason}.`,
  }),
  webhook_signature_invalid: entry<{ reason: string }>({
    title: 'Signature not valid',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Sign the exact bytes of the body with the secret of this endpoint; `rouse webhooks send` shows how.',
    message: ({ reason }) => `The delivery is not believed: ${reason}.`,
  }),
  webhook_stale: entry<{ reason: string }>({
    title: 'Delivery too old',
    status: 401,
    exitCode: denied,
    retryable: false,
    hint: 'Sign it anew, and set the clocks of both machines; how far they may differ is [webhooks] tolerance.',
    message: ({ reason }) => `The delivery is not believed: ${reason}.`,
  }),
  webhook_unavailable: entry<{ reason: string }>({
    title: 'Endpoint not available',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Send it again later; nothing was kept.',
    message: ({ reason }) => `No delivery is taken in: ${reason}.`,
  }),
  not_a_webhook: entry<{ id: string }>({
    title: 'Not a webhook trigger',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'List the webhook triggers with `rouse webhooks list`.',
    message: ({ id }) => `The trigger ${id} is not woken by a webhook, so it has no address.`,
  }),
  delivery_not_found: entry<{ id: string }>({
    title: 'Delivery not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List them with `rouse webhooks deliveries`; old ones are removed by the retention rules.',
    message: ({ id }) => `There is no delivery ${id}.`,
  }),
  delivery_not_replayable: entry<{ id: string; reason: string }>({
    title: 'Delivery cannot be replayed',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Have the sender send it again, or send a test with `rouse webhooks send`.',
    message: ({ id, reason }) => `The delivery ${id} cannot be carried out once more: ${reason}. Nothing was started.`,
  }),
  hook_not_found: entry<{ name: string }>({
    title: 'Hook not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List them with `rouse hooks list`; hooks are written in rouse.toml.',
    message: ({ name }) => `No hook named "${name}" is configured.`,
  }),
} as const;
