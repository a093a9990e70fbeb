/** docs/reference/errors.md: every code, in the order of the catalogue, and what exit codes mean. */
import { ERROR_CODES, errorCatalog } from '../../src/errors/catalog.ts';
import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../../src/errors/exit-code.ts';

const introduction = `# Errors

<!-- Made by scripts/generate-reference.ts from src/errors; change it there. -->

Every error that Rouse reports has a permanent \`code\`. The API answers with a problem document (RFC 9457) that carries
\`code\`, \`title\`, \`detail\` (what happened and why), \`hint\` (what to do next) and, for validation, \`errors[]\` with a field
path each. The CLI prints detail and hint and ends with the exit code. "Again" says whether the same request, sent again
later and unchanged, can succeed.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function errorRow(code: (typeof ERROR_CODES)[number]): string {
  const { title, status, exitCode, retryable, hint } = errorCatalog[code];
  return `| \`${code}\` | ${cell(title)} | ${status} | ${exitCode} | ${retryable ? 'yes' : 'no'} | ${cell(hint)} |`;
}

function exitCodeRow(name: keyof typeof EXIT_CODES): string {
  return `| ${EXIT_CODES[name]} | ${cell(EXIT_CODE_MEANINGS[name])} |`;
}

export function renderErrorsPage(): string {
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  return [
    introduction,
    '| code | title | HTTP | exit | again | what to do |',
    '| --- | --- | --- | --- | --- | --- |',
    ...ERROR_CODES.map(errorRow),
    '',
    '## Exit codes',
    '',
    '| exit | meaning |',
    '| --- | --- |',
    ...names.map(exitCodeRow),
    '',
  ].join('\n');
}
