/**
 * A page of the documentation as the script that its reader would type: every fenced block marked `sh run`, in order, in
 * one shell, each line on the line where it stands in the page, so that a failure names the place.
 *
 * A line must succeed unless it says otherwise. `# ends with 8` wants that exit code, `# says: text` wants the text in
 * what the line prints; both may stand behind one command (`# ends with 3, says: There is no job`).
 */

/** The last comment of a line, when it is about what the line does. */
const EXPECTATION = /^(?<command>.*?\S)\s+# (?:ends with (?<code>\d+))?(?:, )?(?:says: (?<says>.+))?$/;

export function pageScript(page: string): string | undefined {
  const lines = page.split('\n');
  let isRun = false;
  let count = 0;
  const script = lines.map((line) => {
    if (isRun && line.startsWith('```')) isRun = false;
    else if (line === '```sh run') isRun = true;
    else if (isRun) {
      count += 1;
      return commandOf(line);
    }
    return '';
  });
  return count === 0 ? undefined : script.join('\n');
}

function commandOf(line: string): string {
  const { command, code, says } = EXPECTATION.exec(line)?.groups ?? {};
  if (command === undefined || (code === undefined && says === undefined)) return line;
  const output = 'output=$({ ' + command + '; } 2>&1) && status=0 || status=$?';
  const isCode = `test "$status" = ${code ?? 0} || { echo "$output"; echo "ended with $status" >&2; false; }`;
  const isSaid =
    says === undefined ? '' : `; grep -qF -- ${quoted(says.trim())} <<<"$output" || { echo "$output"; false; }`;
  return `${output}; ${isCode}${isSaid}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
