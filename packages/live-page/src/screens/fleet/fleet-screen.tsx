import { useEffect } from 'preact/hooks';
import { fleet } from '../../data/live.js';
import { isLimited } from '../../data/session.js';
import { showTitle } from '../../frame/title.js';
import { EventFeed } from './event-feed.js';
import { HeatPanel } from './heat-panel.js';
import { ProblemsPanel } from './problems-panel.js';
import { FleetTiles } from './fleet-tiles.js';

/** What a NOC looks at all day: how many devices are how, what is wrong, where, and what happens now. */
export function FleetScreen() {
  useEffect(() => showTitle('Fleet'), []);
  const limits = Object.entries(fleet.value?.limited_to ?? {});
  return (
    <>
      <h1 class="for-readers">Fleet</h1>
      {limits.length > 0 && (
        <p class="note">
          Only {limits.map(([name, value]) => `${name} ${value}`).join(', ')} is shown to you.
        </p>
      )}
      <FleetTiles />
      <div class="fleet-columns">
        <div class="fleet-main">
          {!isLimited.value && <ProblemsPanel />}
          <HeatPanel />
        </div>
        <EventFeed />
      </div>
    </>
  );
}
