/** Lists of deliveries, newest first, along an index. */
import type { Delivery, DeliveryQuery } from '../../model/delivery.ts';
import { type DeliveryRow, deliveryPage, selectDeliveries } from '../rows/delivery-row.ts';
import type { Page } from '../page.ts';
import type { Connection } from './connection.ts';

export function listDeliveries(connection: Connection, p: { query: DeliveryQuery }): Page<Delivery> {
  const { sql, values } = selectDeliveries(p.query);
  return deliveryPage(connection.all<DeliveryRow>(sql, ...values), p.query);
}
