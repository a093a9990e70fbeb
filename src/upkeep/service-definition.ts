/** What the system's own supervisor is told about the daemon: a systemd user unit, or a launchd agent. Pure text. */

export interface ServiceDefinition {
  /** `rouse`, or another where several homes have a service each. */
  name: string;
  /** Absolute: program and arguments that become the daemon. */
  command: readonly string[];
  home: string;
  /** Where the agents' programs are found: supervisors start with next to none. */
  path: string;
  /** Where launchd keeps what a start that failed has printed; systemd has its journal. */
  logFile: string;
}

/** Asked nicely, a daemon takes its grace period and its agents' own; beyond that something is stuck. */
const STOP_SECONDS = 120;

/** In double quotes as systemd reads them; `%` begins a specifier and `$` a variable there. */
function systemdWord(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

export function systemdUnit(p: ServiceDefinition): string {
  return `# Written by \`rouse service install\`; remove it with \`rouse service uninstall\`.
[Unit]
Description=Rouse, wakes AI agents (${p.home.replaceAll('%', '%%')})
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${p.command.map(systemdWord).join(' ')}
Environment=${systemdWord(`PATH=${p.path}`).replaceAll('$$', '$')}
# A daemon that was killed comes back and catches up; one that was stopped stays so.
Restart=on-failure
RestartSec=2s
# The daemon ends its agents itself, in order. What is left after that goes with it.
KillMode=mixed
TimeoutStopSec=${STOP_SECONDS}s
UMask=0077

[Install]
WantedBy=default.target
`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function launchdLabel(name: string): string {
  return `dev.rouse.${name}`;
}

export function launchdAgent(p: ServiceDefinition): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "rouse service install"; remove it with "rouse service uninstall". -->
<plist version="1.0">
<dict>
  <key>Label</key><string>${xml(launchdLabel(p.name))}</string>
  <key>ProgramArguments</key>
  <array>
${p.command.map((word) => `    <string>${xml(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict><key>PATH</key><string>${xml(p.path)}</string></dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>${STOP_SECONDS}</integer>
  <key>Umask</key><integer>63</integer>
  <key>StandardErrorPath</key><string>${xml(p.logFile)}</string>
</dict>
</plist>
`;
}
