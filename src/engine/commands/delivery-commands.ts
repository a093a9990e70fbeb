/** Carrying a stored delivery out once more. */
import { AppError } from '../../errors/app-error.ts';
import { sortableId } from '../../model/identifiers.ts';
import type { AutomationCommands } from '../automation-commands.ts';
import type { CommandContext } from './command-context.ts';

export function deliveryCommands(context: CommandContext): Pick<AutomationCommands, 'replayDelivery'> {
  const { store, clock } = context;
  return {
    async replayDelivery({ id, actor }) {
      const first = await store.getDelivery({ id });
      if (first === undefined) throw new AppError('delivery_not_found', { id });
      const refuse = (reason: string): AppError => new AppError('delivery_not_replayable', { id, reason });
      if (first.result === 'refused') throw refuse('it was refused, and nothing of its body was kept');
      const { trigger_id: triggerId, event_id: eventId } = first;
      if (triggerId === undefined || eventId === undefined) throw refuse('it only asked whether anybody is there');
      const event = await store.getActivation({ id: eventId });
      if (event === undefined) throw refuse('its event is no longer kept ([retention] events)');
      const now = clock.now();
      const random = () => context.randomBytes(10);
      const newId = sortableId('delivery', { now, random: random() });
      const { kind, scope, workspace_id, source } = event;
      const answer = await context.deliveries.accept({
        id: newId,
        result: 'accepted',
        status: 202,
        trigger_id: triggerId,
        endpoint: first.endpoint,
        ...(first.sent_at === undefined ? {} : { sent_at: first.sent_at }),
        ...(first.sender_id === undefined ? {} : { sender_id: first.sender_id }),
        ...(first.event === undefined ? {} : { event: first.event }),
        bytes: first.bytes,
        replay_of: id,
        // No keys: it is a repetition on purpose, and must not be mistaken for the first one by the next.
        keys: [],
        activation: {
          id: sortableId('event', { now, random: random() }),
          kind,
          scope,
          ...(workspace_id === undefined ? {} : { workspace_id }),
          source,
          // The fire is named by the delivery, so this one must have a name of its own.
          data: { ...event.data, delivery_id: newId, replay_of: id },
          occurred_at: now,
          depth: 0,
          actor,
          addressed_to: triggerId,
        },
      });
      if (answer.outcome === 'gone') throw new AppError('trigger_not_found', { id: triggerId });
      return answer.delivery;
    },
  };
}
