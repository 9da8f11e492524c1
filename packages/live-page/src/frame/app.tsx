import { useEffect } from 'preact/hooks';
import { isLocked } from '../data/api.js';
import { isLimited, isSupport } from '../data/session.js';
import { Toasts } from '../parts/toasts.js';
import { FleetScreen } from '../screens/fleet/fleet-screen.js';
import { LoginScreen } from '../screens/operations/login-screen.js';
import { FreshnessBadge, StaleOverlay } from './freshness-bar.js';
import { LockScreen } from './lock-screen.js';
import { Navigation } from './navigation.js';
import { PipelineStrip } from './pipeline-strip.js';
import { isWall, route } from './router.js';
import { ALERTS, DEVICE, DEVICES, OPERATIONS } from './screens.js';
import { SearchBox } from './search-box.js';
import { ThemeSwitch } from './theme-switch.js';
import { showTitle } from './title.js';
import { Who } from './who.js';

/** Everything: what is on every screen, and the screen that the address names. */
export function App() {
  useEffect(() => {
    document.body.classList.toggle('wall', isWall.value);
  }, [isWall.value]);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <div class="bar">
          <a class="brand" href="/">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M2 12h4l3-7 5 14 3-7h5" />
            </svg>
            CPEmon
          </a>
          <Navigation />
          <SearchBox />
          <FreshnessBadge />
          <ThemeSwitch />
          <Who />
        </div>
        {!isSupport.value && !isLimited.value && !isLocked.value && <PipelineStrip />}
        <StaleOverlay />
      </header>
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
      <Toasts />
    </>
  );
}

function Screen() {
  const shown = route.value;
  if (shown.screen === 'login') return <LoginScreen />;
  if (isLocked.value) return <LockScreen />;
  switch (shown.screen) {
    case 'fleet':
      return isSupport.value ? <DEVICES.Screen /> : <FleetScreen />;
    case 'devices':
      return <DEVICES.Screen />;
    case 'device':
      return <DEVICE.Screen key={shown.id} id={shown.id} />;
    case 'alerts':
      return <ALERTS.Screen id={shown.id} />;
    case 'operations':
      return <OPERATIONS.Screen part={shown.part} />;
    case 'none':
      return <NoScreen />;
  }
}

function NoScreen() {
  useEffect(() => showTitle('Not found'), []);
  return (
    <section class="panel narrow">
      <h1>There is no such page</h1>
      <p>
        <a href="/">To the fleet</a>
      </p>
    </section>
  );
}
