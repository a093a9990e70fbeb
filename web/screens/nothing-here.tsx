/** An address that leads nowhere. */
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../parts/empty-state.tsx';

export function NothingHere() {
  return (
    <EmptyState title="There is nothing at this address">
      <p>What you look for may have been deleted, or the address is mistyped.</p>
      <Link to="/" className="button">
        Go to the overview
      </Link>
    </EmptyState>
  );
}
