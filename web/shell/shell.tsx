/** The frame around every screen: navigation, the state of the connection, and what the keyboard reaches from anywhere. */
import { Link, Outlet } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useExternal } from '../live/external-state.ts';
import { linkState } from '../live/live-link.ts';
import { signedOut } from '../live/session-state.ts';
import { Announcer } from '../parts/announcer.tsx';
import { SignIn } from '../screens/sign-in.tsx';
import { CommandPalette } from './command-palette.tsx';
import { HousePause } from './house-pause.tsx';
import { KeyHelp } from './key-help.tsx';
import { LinkNotice } from './link-notice.tsx';
import { MoreScreens } from './more-screens.tsx';
import { SignedIn } from './signed-in.tsx';
import { SCREENS } from './screens.ts';
import { useKeys } from './use-keys.ts';
import './shell.css';

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'keys' | undefined>();
  useKeys({ onSearch: () => setOpen('palette'), onHelp: () => setOpen('keys') });
  const live = useExternal(linkState).name === 'live';
  if (useExternal(signedOut)) return <SignIn />;
  return (
    <div className="shell" data-live={live}>
      <a className="shell-skip" href="#screen">
        Skip to the content
      </a>
      <header className="shell-side">
        <Link to="/" className="shell-mark" aria-label="Rouse, overview">
          <img src="/mark.svg" alt="" width={24} height={24} />
          <span>Rouse</span>
        </Link>
        <button type="button" className="shell-search" onClick={() => setOpen('palette')}>
          <Search size={15} aria-hidden />
          <span>Search</span>
          <kbd>/</kbd>
        </button>
        <nav className="shell-nav" aria-label="Screens">
          {SCREENS.map(({ to, name, icon: Icon, bar }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === '/' }}
              className={bar ? 'shell-link' : 'shell-link shell-aside'}
            >
              <Icon size={16} strokeWidth={1.75} aria-hidden />
              <span>{name}</span>
            </Link>
          ))}
          <MoreScreens />
        </nav>
        <div className="shell-foot">
          <HousePause />
          <SignedIn />
          <LinkNotice />
        </div>
      </header>
      <main className="shell-main" id="screen" tabIndex={-1}>
        <Outlet />
      </main>
      <CommandPalette open={open === 'palette'} onOpenChange={(is) => setOpen(is ? 'palette' : undefined)} />
      <KeyHelp open={open === 'keys'} onOpenChange={(is) => setOpen(is ? 'keys' : undefined)} />
      <Announcer />
    </div>
  );
}
