import { Age } from '../../parts/age.js';
import { StatusBadge } from '../../parts/status-badge.js';
import type { DeviceAnswer } from './device-answer.js';
import { isHealthFrozen } from './what-is-wrong.js';

/** Who it is and how it is, in a line, and the ways to other systems. */
export function DeviceHead({ device }: { device: DeviceAnswer }) {
  const { serial_number: serialNumber, reachability, health, admin_state: adminState, links } = device;
  const maker = [device.manufacturer, device.model, device.sw_version].filter(Boolean).join(' · ');
  return (
    <header class="device-head">
      <div>
        <p class="crumb">
          <a href="/devices">Devices</a>
        </p>
        <h1>{serialNumber}</h1>
        <p class="device-maker">{maker}</p>
      </div>
      <dl class="device-state">
        <div>
          <dt>Reachability</dt>
          <dd>
            <StatusBadge mark={reachability} /> for <Age at={device.since} plain />
          </dd>
        </div>
        <div>
          <dt>{isHealthFrozen(device) ? 'Health when heard last' : 'Health'}</dt>
          <dd>
            <StatusBadge mark={health} />
            {device.health_since !== null && (
              <>
                {' '}
                for <Age at={device.health_since} plain />
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Administrative</dt>
          <dd>{adminState.replace('_', ' ')}</dd>
        </div>
        <div>
          <dt>Heard last</dt>
          <dd>
            <Age at={device.last_seen} />
          </dd>
        </div>
      </dl>
      {links.length > 0 && (
        <nav class="device-links" aria-label="This device elsewhere">
          {links.map(({ name, url }) => (
            <a key={name} href={url} target="_blank" rel="noreferrer noopener">
              {name} ↗
            </a>
          ))}
        </nav>
      )}
    </header>
  );
}
