/** Which scheme a trigger's deliveries are verified by. */
import { DEFAULT_WEBHOOK_SCHEME } from '../../model/trigger.ts';
import type { Trigger, WebhookSchemeName } from '../../model/trigger.ts';
import { githubScheme } from './github.ts';
import { gitlabScheme } from './gitlab.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { slackScheme } from './slack.ts';
import { standardScheme } from './standard.ts';
import { stripeScheme } from './stripe.ts';
import { timestampedScheme } from './timestamped.ts';

const SCHEMES: Readonly<Record<WebhookSchemeName, SignatureScheme>> = {
  standard: standardScheme,
  timestamped: timestampedScheme(),
  github: githubScheme,
  gitlab: gitlabScheme,
  stripe: stripeScheme,
  slack: slackScheme,
};

export function schemeOf(trigger: Pick<Trigger, 'webhook_scheme'>): SignatureScheme {
  const asked = trigger.webhook_scheme ?? DEFAULT_WEBHOOK_SCHEME;
  return typeof asked === 'string' ? SCHEMES[asked] : timestampedScheme(asked);
}
