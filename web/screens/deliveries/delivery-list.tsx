/** Everything that knocked at the door of a webhook. */
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { DeliveryRows } from './delivery-rows.tsx';

export function DeliveryList() {
  return (
    <>
      <PageHead title="Deliveries" lead="Every webhook that came, and why a refused one was refused." />
      <DeliveryRows
        none={
          <div className="panel">
            <EmptyState title="Nothing was delivered yet">
              <p>A trigger on the event “webhook” has an address; its page shows a signed command to try it with.</p>
            </EmptyState>
          </div>
        }
      />
    </>
  );
}
