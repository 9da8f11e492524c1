import {
  reportInForce,
  shownAdminState,
  shownReachability,
  statusOf,
  type DeviceRecord,
  type IntakeMoment,
} from '@cpemon/domain';
import { unitOfMetric } from '@cpemon/history';
import type { LabelledDevice } from './device-list-reads.js';
import type { DeviceInFull } from './whole-device-reads.js';
import { maskAddress, maskData, maskKey } from '../access/personal-data.js';
import { findingView } from '../inventory/inventory-view.js';
import { rfc3339 } from '../rfc3339.js';
import { linksOf, type DeviceLinkTemplate, type LinkValues } from './device-links.js';
import type { TimelineRow } from '@cpemon/store';

const orNull = (text: string): string | null => (text === '' ? null : text);

/** A device in a list. @param masked addresses are shown in part */
export function deviceItem({ device, labels }: LabelledDevice, intake: IntakeMoment, masked: boolean) {
  const shown = shownReachability(device, device.source, intake);
  const { wanIp } = device;
  return {
    id: device.deviceId,
    serial_number: device.serialNumber,
    oui: orNull(device.oui),
    product_class: orNull(device.productClass),
    manufacturer: device.manufacturer,
    model: device.model,
    sw_version: device.swVersion,
    wan_ip: wanIp === null || !masked ? wanIp : maskAddress(wanIp),
    interval_seconds: device.intervalSeconds,
    first_seen: rfc3339(device.firstSeenAt),
    last_seen: rfc3339(device.lastSeenAt),
    status: statusOf(shown.reachability, device.health),
    reachability: shown.reachability,
    reason: shown.reason,
    since: rfc3339(shown.since),
    health: device.health,
    health_reason: orNull(device.healthReason),
    health_since: rfc3339(device.healthSince),
    admin_state: shownAdminState(device.adminState, device, intake.at),
    labels,
  };
}

/** A device with its values, its sources, its line and the boxes before it. */
export function wholeDeviceView(
  found: DeviceInFull,
  masked: boolean,
  links: readonly DeviceLinkTemplate[] = [],
) {
  const { device, labels, conditions, inventory, intake } = found;
  const { devices: boxes, lines, history } = findingView(inventory);
  const keysOf = <T extends { keys: { kind: string; value: string }[] }>(owner: T): T => ({
    ...owner,
    keys: masked ? owner.keys.map(({ kind, value }) => ({ kind, value: maskKey(kind, value) })) : owner.keys,
  });
  return {
    ...deviceItem({ device, labels }, intake, masked),
    chatty: device.chattySince !== null,
    chatty_since: rfc3339(device.chattySince),
    conditions: conditions.map(({ rule, severity, since, openedAt, metric, value, text }) => ({
      ...{ rule, severity, since: rfc3339(since), opened_at: rfc3339(openedAt) },
      ...{ metric: orNull(metric), value, text },
    })),
    metrics: metricsView(device),
    attributes: attributesView(device, masked),
    sources: device.sources.map((source) => ({
      source: source.source,
      last_seen: rfc3339(source.lastSeenAt),
      declared_interval_seconds: source.declaredSeconds,
      learnt_interval_seconds: source.learntSeconds,
      // By how much its clock is ahead of ours, as far as its newest report tells.
      clock_skew_seconds: skewOf(source),
    })),
    events: {
      applied: device.appliedEvents,
      duplicates: device.duplicateEvents,
      late: device.lateEvents,
    },
    position: { generation: device.generation, lane: device.lane, sequence: device.lastSequence },
    inventory: boxes.map(keysOf),
    lines: lines.map(keysOf),
    line_history: history,
    links: linksOf(links, linkValues(found, masked)),
    as_of: rfc3339(intake.at),
  };
}

/** What links are made of; who sees data of persons in part only is led nowhere by them. */
function linkValues({ device, labels, inventory }: DeviceInFull, masked: boolean): LinkValues {
  const keys = inventory.boxes
    .flatMap((box) => [...box.keys, ...(box.line?.keys ?? [])])
    .filter(({ kind, value }) => !masked || maskKey(kind, value) === value);
  const { deviceId, serialNumber, oui, productClass, model, wanIp } = device;
  return {
    values: {
      ...{ id: String(deviceId), serial_number: serialNumber, oui, product_class: productClass, model },
      wan_ip: masked ? null : wanIp,
      service_id: inventory.boxes.find(({ line }) => line !== null)?.line?.serviceId ?? null,
    },
    labels,
    keys: Object.fromEntries(keys.map(({ kind, value }) => [kind, value])),
  };
}

function skewOf({ reports: [newest], newestReceivedAt }: DeviceRecord['sources'][number]): number | null {
  if (newest === undefined || newest.deviceTime === null || !Number.isFinite(newestReceivedAt)) return null;
  return (newest.deviceTime - newestReceivedAt) / 1000;
}

/** Values in force by name, in our units; as they were sent they are in the log alone (raw-reports.ts). */
function metricsView(device: Pick<DeviceRecord, 'sources'>) {
  const names = new Set(
    device.sources.flatMap(({ reports }) => reports.flatMap(({ metrics }) => Object.keys(metrics))),
  );
  return Object.fromEntries(
    [...names].sort().flatMap((name) => {
      const found = reportInForce(device as DeviceRecord, 'metrics', name);
      if (found === null) return [];
      const { report, source } = found;
      return [
        [
          name,
          {
            value: report.metrics[name] ?? null,
            unit: unitOfMetric(name),
            raw: null,
            device_time: rfc3339(report.deviceTime),
            received_at: rfc3339(report.rankAt),
            source,
          },
        ],
      ];
    }),
  );
}

function attributesView(device: Pick<DeviceRecord, 'sources'>, masked: boolean) {
  const names = new Set(
    device.sources.flatMap(({ reports }) => reports.flatMap(({ attributes }) => Object.keys(attributes))),
  );
  return Object.fromEntries(
    [...names].sort().flatMap((name) => {
      const found = reportInForce(device as DeviceRecord, 'attributes', name);
      const value = (found?.report.attributes as Record<string, string> | undefined)?.[name];
      if (found === null || value === undefined) return [];
      return [
        [
          name,
          {
            value: masked && name === 'wan_ip' ? maskAddress(value) : value,
            received_at: rfc3339(found.report.rankAt),
            source: found.source,
          },
        ],
      ];
    }),
  );
}

/** What happened to a device. */
export const timelineView = ({ kind, at, data }: TimelineRow, masked: boolean) => ({
  type: kind,
  at: rfc3339(at),
  data: masked ? maskData(data) : data,
});
