/**
 * `GET /sign-in`: takes the code out of the address, before anybody else can see it there, and exchanges it for the
 * page's cookie. The code stands behind the `#`, so no server, proxy or log on the way ever gets it, and a program that
 * only looks at links does not spend it.
 */
import { createHash } from 'node:crypto';

export const SIGN_IN_PATH = '/sign-in';

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem; }
code { font: 0.95em ui-monospace, monospace; }
`;

const script = `
const say = (text) => { document.querySelector('main p').textContent = text; };
const code = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
if (code !== '') {
  fetch('/api/session', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }),
  }).then(async (reply) => {
    if (reply.ok) return location.replace('/');
    const problem = await reply.json();
    say(problem.detail + ' ' + problem.hint);
  }).catch(() => say('The daemon does not answer. Is it running? Look with: rouse status'));
}
`;

const sourceHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const SIGN_IN_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

export const signInPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rouse: sign in</title>
<style>${style}</style>
<main>
<h1>Rouse</h1>
<p role="status">To sign in, run <code>rouse open</code> in a terminal on the machine of the daemon, and follow its link.</p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
</main>
<script>${script}</script>
</html>
`;
