/** Lists of deliveries, newest first, along an index. */
import type { Delivery, DeliveryQuery } from '../../model/delivery.ts';
import { deliveryOf } from '../rows/delivery-row.ts';
import type { DeliveryRow } from '../rows/delivery-row.ts';
import { decodePageCursor, encodePageCursor } from '../rows/page-cursor.ts';
import { pageLimit } from '../rows/value.ts';
import type { Page } from '../page.ts';
import type { Connection, Value } from './connection.ts';

export function listDeliveries(connection: Connection, p: { query: DeliveryQuery }): Page<Delivery> {
  const limit = pageLimit(p.query.limit);
  const { sql, values } = select(p.query);
  const rows = connection.all<DeliveryRow>(sql, ...values, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(deliveryOf),
    ...(rows.length > limit && last !== undefined
      ? { next_cursor: encodePageCursor('deliveries', [last.received_at, last.seq]) }
      : {}),
  };
}

function select(query: DeliveryQuery): { sql: string; values: Value[] } {
  const conditions = ['true'];
  const values: Value[] = [];
  const where = (condition: string, ...bound: Value[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (query.trigger_id !== undefined) where('trigger_id = ?', query.trigger_id);
  // Written out, not bound: the index of the refused ones is known to be usable only then.
  if (query.result !== undefined) where(`result = '${query.result}'`);
  if (query.since !== undefined) where('received_at >= ?', query.since);
  if (query.until !== undefined) where('received_at < ?', query.until);
  if (query.cursor !== undefined) {
    const [receivedAt, seq] = decodePageCursor('deliveries', query.cursor, ['number', 'number']);
    where('received_at <= ? and (received_at, seq) < (?, ?)', receivedAt, receivedAt, seq);
  }
  const sql = `select * from deliveries where ${conditions.join(' and ')} order by received_at desc, seq desc limit ?`;
  return { sql, values };
}
