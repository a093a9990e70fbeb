#!/usr/bin/env node
// The entry of the installed package's echo agent; see bin/rouse.mjs for why the version comes first.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(`rouse-echo-agent needs Node 24.11 or later; this is Node ${process.versions.node}.\n`);
  process.exit(1);
}
await import('../dist/echo-agent.mjs');
