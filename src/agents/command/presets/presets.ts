/** The presets by the name that stands in a configuration. */
import type { AgentDefinition } from '../../../model/agent.ts';
import type { Preset } from '../preset.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

const PRESETS: Readonly<Record<Exclude<AgentDefinition['preset'], ''>, Preset>> = { claude, codex, gemini, opencode };

export function presetOf(agent: AgentDefinition): Preset | undefined {
  return agent.preset === '' ? undefined : PRESETS[agent.preset];
}
