/**
 * The engine's verbs, put together. Each validates what a person wrote, takes one durable step, and pokes the loop; the
 * steps themselves exclude one another, so nothing here needs a lock.
 */
import type { AutomationCommands } from '../automation-commands.ts';
import type { CommandContext } from './command-context.ts';
import { deliveryCommands } from './delivery-commands.ts';
import { definitionCommands } from './definition-commands.ts';
import { eventCommands } from './event-commands.ts';
import { houseCommands } from './house-commands.ts';
import { instantCommands } from './instant-commands.ts';
import { runCommands } from './run-commands.ts';

export function createAutomationCommands(context: CommandContext): AutomationCommands {
  return {
    ...definitionCommands(context),
    ...eventCommands(context),
    ...runCommands(context),
    ...deliveryCommands(context),
    ...instantCommands(context),
    ...houseCommands(context),
  };
}
