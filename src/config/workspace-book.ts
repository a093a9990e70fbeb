/**
 * Which folder an entry means: a path, or the name of a registered workspace. Folders that files mention are registered
 * as they are met, untrusted, so that nobody has to do it by hand before a definition takes effect.
 */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { suggest } from '../lib/suggest.ts';
import { workspaceIdFor } from '../model/identifiers.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblemCode } from './config-problem.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Workspace } from '../model/workspace.ts';

export type WorkspaceFinding =
  | { ok: true; workspace: Workspace }
  /** `workspace_id`: registered although the folder is not there now; so the last good version of a definition can be told. */
  | { ok: false; code: ConfigProblemCode; message: string; workspace_id?: string };

export interface WorkspaceReference {
  text: string;
  /** Absolute path of the file that it stands in: relative paths start at its folder. */
  file: string;
}

export class WorkspaceBook {
  readonly #now: EpochMs;
  readonly #userHome: string;
  readonly #byPath = new Map<string, Workspace>();
  readonly #byName = new Map<string, Workspace>();
  readonly #byId = new Map<string, Workspace>();
  /** Absolute path as written → the real folder, undefined when there is none. */
  readonly #folders = new Map<string, string | undefined>();
  readonly #added: Workspace[] = [];

  constructor(p: { known: readonly Workspace[]; now: EpochMs; userHome: string }) {
    this.#now = p.now;
    this.#userHome = p.userHome;
    for (const workspace of p.known) this.#enter(workspace);
  }

  /** Asks the file system about every folder that is mentioned; afterwards {@link find} needs to ask nobody. */
  async visit(references: readonly WorkspaceReference[], files: ConfigFiles): Promise<void> {
    for (const reference of references) {
      const path = this.#pathOf(reference);
      if (path === undefined || this.#folders.has(path)) continue;
      const folder = await files.findFolder(path);
      this.#folders.set(path, folder);
      if (folder !== undefined && !this.#byPath.has(folder)) this.#register(folder);
    }
    // Names last: they may be those of folders that were registered only now.
    for (const { text } of references) {
      const path = this.#named(text)?.path;
      if (path !== undefined && !this.#folders.has(path)) this.#folders.set(path, await files.findFolder(path));
    }
  }

  find(reference: WorkspaceReference): WorkspaceFinding {
    const named = this.#named(reference.text);
    const path = named?.path ?? this.#pathOf(reference);
    if (path === undefined) return this.#unknownName(reference.text);
    const folder = this.#folders.get(path);
    const workspace = named ?? this.#byPath.get(folder ?? path);
    if (folder !== undefined && workspace !== undefined) return { ok: true, workspace };
    const message = `There is no folder ${path}; create it, or correct the path.`;
    return { ok: false, code: 'folder_missing', message, ...(workspace && { workspace_id: workspace.id }) };
  }

  nameOf(id: string): string {
    return this.#byId.get(id)?.name ?? id;
  }

  /** Those that were not known before, in the order in which they were met. */
  added(): Workspace[] {
    return [...this.#added];
  }

  #named(text: string): Workspace | undefined {
    const name = text.trim();
    return this.#byId.get(name) ?? this.#byName.get(name);
  }

  #unknownName(text: string): WorkspaceFinding {
    const meant = suggest(text, [...this.#byName.keys()]);
    const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
    const advice =
      meant === undefined ? 'Write its path, such as "~/src/shop".' : `Did you mean ${JSON.stringify(meant)}?`;
    return { ok: false, code: 'workspace_unknown', message: `No workspace is called ${shown}. ${advice}` };
  }

  /** Undefined for a name. */
  #pathOf({ text, file }: WorkspaceReference): string | undefined {
    const written = text.trim();
    if (written === '~' || /^~[/\\]/.test(written)) return resolve(join(this.#userHome, written.slice(1)));
    const isPath = isAbsolute(written) || /^\.{1,2}$/.test(written) || written.includes('/') || written.includes('\\');
    return isPath ? resolve(dirname(file), written) : undefined;
  }

  #register(path: string): void {
    const workspace: Workspace = {
      id: workspaceIdFor({ path }),
      name: this.#freeName(basename(path) || 'root'),
      path,
      trusted: false,
      created_at: this.#now,
    };
    this.#enter(workspace);
    this.#added.push(workspace);
  }

  #enter(workspace: Workspace): void {
    this.#byPath.set(workspace.path, workspace);
    this.#byId.set(workspace.id, workspace);
    this.#byName.set(workspace.name, workspace);
  }

  /** Two folders may end alike. */
  #freeName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#byName.has(name); number += 1) name = `${wanted}-${number}`;
    return name;
  }
}
