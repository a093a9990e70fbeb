/** On a phone there is room for a few screens in the bar; the others are one step away. */
import { Menu } from '@base-ui/react/menu';
import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { SCREENS } from './screens.ts';

export function MoreScreens() {
  return (
    <Menu.Root>
      <Menu.Trigger className="shell-link shell-more">
        <Ellipsis size={16} strokeWidth={1.75} aria-hidden />
        <span>More</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-place" side="top" align="end" sideOffset={8}>
          <Menu.Popup className="menu">
            {SCREENS.filter(({ bar }) => !bar).map(({ to, name, icon: Icon }) => (
              <Menu.Item key={to} className="menu-item" render={<Link to={to} />}>
                <Icon size={16} strokeWidth={1.75} aria-hidden />
                {name}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
