/** Rules about the Markdown pages: their links lead somewhere, and decisions are numbered without holes. */
import { posix } from 'node:path';
import type { Violation } from './violation.ts';

const decisionsFolder = 'docs/decisions/';

/** The anchor that the usual renderers give to a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The lines outside of fenced code, with their numbers from 1. */
function proseLines(text: string): { text: string; line: number }[] {
  let fenced = false;
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return [];
    }
    return fenced ? [] : [{ text: line.replace(/`[^`]*`/g, ''), line: index + 1 }];
  });
}

function anchorsOf(text: string): Set<string> {
  let fenced = false;
  const headings = text.split('\n').flatMap((line) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    return fenced || heading === undefined ? [] : [anchorOf(heading)];
  });
  return new Set(headings);
}

export interface Repository {
  /** Text of every Markdown page by path. */
  pages: ReadonlyMap<string, string>;
  /** Whether a file or folder of that path exists. */
  exists: (path: string) => boolean;
}

/** Relative links and their anchors; addresses in the web are not asked. */
export function checkLinks(repository: Repository): Violation[] {
  const { pages } = repository;
  return [...pages].flatMap(([path, page]) =>
    proseLines(page).flatMap(({ text, line }) =>
      [...text.matchAll(/\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)/g)].flatMap(([, link = '']): Violation[] => {
        if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return [];
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(file)));
        if (!repository.exists(target.replace(/\/$/, ''))) {
          return [{ path, line, message: `links to ${link}, which does not exist` }];
        }
        const targetPage = pages.get(target);
        if (anchor === undefined || targetPage === undefined || anchorsOf(targetPage).has(anchor)) return [];
        return [{ path, line, message: `links to ${link}, but ${target} has no heading of that name` }];
      }),
    ),
  );
}

/** `0001-node-version.md`, `0002-…`: one number each, none left out, each with a title. */
export function checkDecisions({ pages }: Pick<Repository, 'pages'>): Violation[] {
  const decisions = [...pages]
    .filter(([path]) => path.startsWith(decisionsFolder))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return decisions.flatMap(([path, text], index): Violation[] => {
    const name = path.slice(decisionsFolder.length);
    const number = String(index + 1).padStart(4, '0');
    if (!/^\d{4}-[a-z0-9-]+\.md$/.test(name)) {
      return [{ path, line: 1, message: 'a decision is called NNNN-what-about.md' }];
    }
    if (!name.startsWith(number)) {
      return [{ path, line: 1, message: `has a number twice or after a hole: ${number} was expected here` }];
    }
    return text.startsWith('# ') ? [] : [{ path, line: 1, message: 'a decision begins with its title (`# …`)' }];
  });
}

/** Decisions that source text refers to by number. */
export function checkDecisionReferences(p: { path: string; text: string; decisions: readonly string[] }): Violation[] {
  return p.text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/docs\/decisions\/(\d{4})/g)]
      .filter(([, number = '']) => !p.decisions.some((path) => path.startsWith(`${decisionsFolder}${number}-`)))
      .map(([reference]) => ({
        path: p.path,
        line: index + 1,
        message: `refers to ${reference}, which does not exist`,
      })),
  );
}
