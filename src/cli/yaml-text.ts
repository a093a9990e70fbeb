/**
 * Writes JSON values as YAML for people who read or keep it. Only what JSON can hold, and only writing: block style,
 * and every text that a YAML reader could take for something else in double quotes, whose rules are those of JSON.
 */

/** Plain where no reader of YAML 1.1 or 1.2 can see anything but a text: no `yes`, no `12:30`, no leading sign. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*$/;
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

function scalar(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? 'null';
}

function isCollection(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = lines(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  if (isCollection(value)) {
    return Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .flatMap(([key, item]) =>
        isCollection(item)
          ? [`${scalar(key)}:`, ...lines(item).map((line) => `  ${line}`)]
          : [`${scalar(key)}: ${scalar(item)}`],
      );
  }
  return [scalar(value)];
}

/** Ends with a line end. */
export function yamlText(value: unknown): string {
  return `${lines(value).join('\n')}\n`;
}
