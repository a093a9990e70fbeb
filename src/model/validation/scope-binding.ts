/** Global automations belong to no workspace, workspace automations to exactly one. */
import { isBlank } from '../../lib/go-text.ts';
import { fieldPath } from '../field-path.ts';
import type { Problem } from '../problem.ts';
import { shownValue, valueKind } from './value-kind.ts';
import { validateScope } from './single-values.ts';

/** `bindingField` is what the workspace's field is called where this stands: `workspace_id`, or `workspace` in TOML. */
export function validateScopeBinding(scope: unknown, binding: unknown, path: string, bindingField: string): Problem[] {
  const problems = validateScope(scope, fieldPath({ path, field: 'scope' }));
  const at = fieldPath({ path, field: bindingField });
  const workspace = binding ?? '';
  if (typeof workspace !== 'string') {
    return [...problems, { path: at, code: 'wrong_type', message: `This is text, not ${valueKind(workspace)}.` }];
  }
  if (scope === 'global' && !isBlank(workspace)) {
    const message = 'A global automation belongs to no workspace: remove this, or set scope to "workspace".';
    return [...problems, { path: at, code: 'must_be_empty', message, value: shownValue(workspace) }];
  }
  if (scope === 'workspace' && isBlank(workspace)) {
    const message = 'With scope "workspace" a workspace is needed: name it, or set scope to "global".';
    return [...problems, { path: at, code: 'required', message }];
  }
  return problems;
}
