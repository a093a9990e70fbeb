#!/usr/bin/env node
// The entry of the installed package. Looks at the Node version before anything else is loaded: the program itself
// needs modules that an older Node does not have, and would say so in a way that helps nobody.
import * as nodeModule from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(
    `rouse needs Node 24.11 or later; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer Node (https://nodejs.org, or "nvm install 24") and run the same command again.\n',
  );
  process.exit(1);
}
nodeModule.enableCompileCache?.();
await import('../dist/rouse.mjs');
