#!/usr/bin/env node
/**
 * The entry of `rouse-echo-agent`. Help and version answer before the protocol's library is loaded; without arguments
 * it serves one client over standard input and output and ends when its input does.
 */
import process from 'node:process';

const VERSION = '0.1.0';

const argument = process.argv[2];
if (argument === '--help' || argument === '-h') {
  const { helpText } = await import('./directive.ts');
  process.stdout.write(helpText());
} else if (argument === '--version') {
  process.stdout.write(`${VERSION}\n`);
} else if (argument !== undefined) {
  process.stderr.write(`rouse-echo-agent: unknown argument "${argument}"; try --help.\n`);
  process.exitCode = 2;
} else {
  await serve();
}

async function serve(): Promise<void> {
  const [{ ndJsonStream }, { Readable, Writable }, { createEchoAgent }, { isHolding }, { systemClock }] =
    await Promise.all([
      import('@agentclientprotocol/sdk'),
      import('node:stream'),
      import('./echo-agent.ts'),
      import('./carry-out.ts'),
      import('../../clock/clock.ts'),
    ]);
  if (process.stdin.isTTY) process.stderr.write('rouse-echo-agent waits for ACP messages; try --help.\n');
  const clock = systemClock();
  const app = createEchoAgent({
    clock,
    env: process.env,
    // The instant and the process: no two processes share both.
    sessionPrefix: `echo-${clock.now().toString(36)}-${process.pid}`,
    version: VERSION,
  });
  const output = Writable.toWeb(process.stdout) as WritableStream<Uint8Array>;
  const input = Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
  const connection = app.connect(ndJsonStream(output, input));
  await connection.closed;
  // A reader that went away is no reason for a stack trace on somebody's screen.
  if (!isHolding()) process.exit(0);
}
