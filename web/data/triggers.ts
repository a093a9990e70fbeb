/** Triggers, events and deliveries as the page reads them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ApiEvent, ApiTrigger } from '../../src/client/client.ts';
import { daemon } from './daemon.ts';

/** A list longer than this is searched by the daemon, not read. */
const TRIGGERS_MAX = 10_000;
const PAGE = 100;

type EventSource = ApiEvent['source'];

/** Every trigger, by name. */
export const allTriggers = () =>
  queryOptions({
    queryKey: ['triggers', 'all'],
    queryFn: async ({ signal }): Promise<ApiTrigger[]> => {
      const triggers: ApiTrigger[] = [];
      let cursor: string | undefined;
      do {
        const page = await daemon.triggers.list(
          { limit: 500, ...(cursor === undefined ? {} : { cursor }) },
          { signal },
        );
        triggers.push(...page.triggers);
        cursor = page.next_cursor;
      } while (cursor !== undefined && triggers.length < TRIGGERS_MAX);
      return triggers;
    },
  });

export const triggerOf = (id: string) =>
  queryOptions({ queryKey: ['triggers', 'one', id], queryFn: ({ signal }) => daemon.triggers.get(id, { signal }) });

export const eventPages = (filter: { kind?: string; source?: EventSource }) =>
  infiniteQueryOptions({
    queryKey: ['events', 'pages', filter],
    queryFn: ({ signal, pageParam }) =>
      daemon.events.list({ ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });

/** An event with what was considered and what came of it. */
export const eventOf = (id: string) =>
  queryOptions({ queryKey: ['events', id], queryFn: ({ signal }) => daemon.events.get(id, { signal }) });

export const deliveryPages = (filter: { trigger_id?: string }) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'pages', filter],
    queryFn: ({ signal, pageParam }) =>
      daemon.webhooks.deliveries(
        { ...filter, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  });

/** The newest refused ones: enough to know what needs a person. */
export const refusedDeliveries = () =>
  queryOptions({
    queryKey: ['deliveries', 'refused'],
    queryFn: async ({ signal }) =>
      (await daemon.webhooks.deliveries({ result: 'refused', limit: 50 }, { signal })).deliveries,
  });
