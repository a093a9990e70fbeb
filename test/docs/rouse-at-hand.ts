/**
 * `rouse` for the pages of the documentation: a script on the PATH that hands its arguments to the test's own process, where
 * the same program runs. A page has dozens of commands, and a process of its own for each would make them wait minutes on
 * a busy machine. Commands that are about their process, a token of its own or files beside them get one.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runRouseHere } from '../e2e/rouse-in-process.ts';

const OWN_PROCESS = 'start|mcp|init|backup|restore|service|doctor|completion|packages';

/** Answers until it is disposed of; `folder` is where the script lies, to be put first into the PATH. */
export async function rouseAtHand(p: { folder: string; home: string; program: string }): Promise<AsyncDisposable> {
  const { folder, home, program } = p;
  const server = createServer((request, response) => {
    const place = decodeURIComponent((request.url ?? '').slice(1));
    void answer({ place, home }).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'rouse'),
    `#!/bin/sh
test -z "\${ROUSE_TOKEN-}" || exec "${program}" "$@"
case "\${1-} \${2-}" in
  ${OWN_PROCESS.split('|')
    .map((word) => `"${word} "*`)
    .join('|')}|"config diff") exec "${program}" "$@" ;;
esac
place=$(mktemp -d "${folder}/call-XXXXXX")
printf '%s\\0' "$@" > "$place/words"
pwd > "$place/cwd"
cat > "$place/input"
curl -sS --fail "http://127.0.0.1:${port}/$place" || exit 70
cat "$place/out"; cat "$place/err" >&2
exit "$(cat "$place/status")"
`,
  );
  await chmod(join(folder, 'rouse'), 0o755);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(p: { place: string; home: string }): Promise<void> {
  const read = (name: string): Promise<string> => readFile(join(p.place, name), 'utf8');
  const [words, cwd, input] = await Promise.all([read('words'), read('cwd'), read('input')]);
  const { stdout, stderr, status } = await runRouseHere(words.split('\0').slice(0, -1), {
    home: p.home,
    cwd: cwd.trimEnd(),
    input,
  });
  await Promise.all([
    writeFile(join(p.place, 'out'), stdout),
    writeFile(join(p.place, 'err'), stderr),
    writeFile(join(p.place, 'status'), String(status)),
  ]);
}
