/** The entry of the page: connects it to the daemon and draws it. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyHappening, everythingOld } from './live/cache-updates.ts';
import { startLiveLink } from './live/live-link.ts';
import { applyTheme } from './shell/theme.ts';
import './style/tokens.css';
import './style/fonts.css';
import './style/ground.css';
import './style/parts.css';

applyTheme();
startLiveLink({ onListening: everythingOld, onHappening: applyHappening });

const place = document.getElementById('page');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
