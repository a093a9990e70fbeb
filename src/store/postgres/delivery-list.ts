/** Lists of deliveries, newest first, along an index. */
import type { Delivery, DeliveryQuery } from '../../model/delivery.ts';
import { type DeliveryRow, deliveryPage, selectDeliveries } from '../rows/delivery-row.ts';
import type { Page } from '../page.ts';
import type { Connection } from './database.ts';

export async function listDeliveries(connection: Connection, p: { query: DeliveryQuery }): Promise<Page<Delivery>> {
  const { sql, values } = selectDeliveries(p.query);
  return deliveryPage(await connection.all<DeliveryRow>(sql, ...values), p.query);
}
