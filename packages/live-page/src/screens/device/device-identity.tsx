import { Age } from '../../parts/age.js';
import { Panel } from '../../parts/panel.js';
import { devicesPath } from '../../frame/url-state.js';
import { formatCount, formatDuration, NOTHING } from '../../words/format.js';
import type { ComponentChildren } from 'preact';
import type { DeviceAnswer } from './device-answer.js';

/** Who it is: identity, labels and keys, each label leading to the devices that share it. */
export function DeviceIdentity({ device }: { device: DeviceAnswer }) {
  const { oui, product_class: productClass, model, sw_version: firmware, labels, attributes } = device;
  const owned = [...device.inventory, ...device.lines].flatMap((owner) => owner.keys);
  // A box and its line may share a key.
  const keys = [...new Map(owned.map((key) => [`${key.kind} ${key.value}`, key])).values()];
  const services = device.lines.map(({ service_id: service }) => service);
  return (
    <Panel title="Identity">
      <dl class="facts">
        <Fact name="Maker">{device.manufacturer}</Fact>
        <Fact name="Model">{model === null ? null : <a href={devicesPath({ model })}>{model}</a>}</Fact>
        <Fact name="Firmware">
          {firmware === null ? null : <a href={devicesPath({ firmware })}>{firmware}</a>}
        </Fact>
        <Fact name="Hardware">{attributes['hw_version']?.value ?? null}</Fact>
        <Fact name="OUI, class">{[oui, productClass].filter(Boolean).join(' · ') || null}</Fact>
        <Fact name="WAN address">{device.wan_ip}</Fact>
        <Fact name="Service">{services.join(', ') || null}</Fact>
        <Fact name="Reports every">{formatDuration(device.interval_seconds)}</Fact>
        <Fact name="First heard">
          <Age at={device.first_seen} />
        </Fact>
        <Fact name="Events">
          {formatCount(device.events.applied)} applied, {formatCount(device.events.duplicates)} repeats,{' '}
          {formatCount(device.events.late)} late
        </Fact>
        {keys.map(({ kind, value }) => (
          <Fact key={`${kind} ${value}`} name={kind.replaceAll('_', ' ')}>
            {value}
          </Fact>
        ))}
      </dl>
      {Object.keys(labels).length > 0 && (
        <ul class="labels" aria-label="Labels">
          {Object.entries(labels).map(([name, value]) => (
            <li key={name}>
              <a href={devicesPath({ [`label.${name}`]: value })}>
                {name} <b>{value}</b>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children?: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span class="missing">{NOTHING}</span>}</dd>
    </div>
  );
}
