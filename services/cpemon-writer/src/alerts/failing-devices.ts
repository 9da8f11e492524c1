import { FLEET_GROUP, firmwareGroup, groupText, type GroupKey, type MissingDevices } from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import { readAlertDevices, type AlertDevice, type Change } from '@cpemon/store';
import type { LabelCache } from './label-cache.js';

/** Devices that went offline lately, as the change feed tells it, and what they have in common. */
export interface FailingDevices {
  /** @returns whether the change was one of those that count */
  note(change: Change): boolean;
  /** Forgets what is older than an hour. @param at database time, epoch ms */
  forgetBefore(at: number): void;
  size(): number;
  /** Looks up what a sample of them have in common. */
  look(connection: Connection, labels: LabelCache, groupLabels: readonly string[]): Promise<FailingSample>;
}

/** A sample of what fails; each device in it stands for `weight`. */
export interface FailingSample {
  weight: number;
  devices: readonly FailingDevice[];
  /** Failing devices by `groupText`, weighted. */
  counts: ReadonlyMap<string, { key: GroupKey; devices: number }>;
  missing: readonly MissingDevices[];
}

export interface FailingDevice {
  facts: AlertDevice;
  groups: readonly string[];
}

/** Longer than the reports of devices that report every hour are apart: their deadlines pass one by one. */
const WINDOW_MS = 3_600_000;
/** Enough to tell 30 % from 10 % in any group worth an alarm of a whole fleet, and read in some 50 ms. */
const SAMPLE = 5000;
/** Knuth's multiplicative hash: keys in a row fall apart. */
const spread = (deviceId: number): number => Math.imul(deviceId, 2_654_435_761) >>> 0;

export function createFailingDevices(): FailingDevices {
  /** In the order in which they came. */
  const failing = new Map<number, number>();
  const facts = new Map<number, AlertDevice>();
  const drop = (deviceId: number): void => {
    failing.delete(deviceId);
    facts.delete(deviceId);
  };
  return {
    note({ kind, deviceId, madeAt, news, data }) {
      if (kind === 'erased') {
        const counted = failing.has(deviceId);
        drop(deviceId);
        return counted;
      }
      if (kind !== 'reachability') return false;
      if (data['to'] === 'offline') {
        if (!news) return false;
        drop(deviceId);
        failing.set(deviceId, madeAt);
        return true;
      }
      const known = failing.has(deviceId);
      drop(deviceId);
      return known;
    },
    forgetBefore(at) {
      for (const [deviceId, madeAt] of failing) {
        if (madeAt >= at - WINDOW_MS) break;
        drop(deviceId);
      }
    },
    size: () => failing.size,
    async look(connection, labels, groupLabels) {
      const weight = Math.max(1, Math.ceil(failing.size / SAMPLE));
      const sampled: number[] = [];
      for (const deviceId of failing.keys()) if (spread(deviceId) % weight === 0) sampled.push(deviceId);
      const unknown = sampled.filter((deviceId) => !facts.has(deviceId));
      for (const device of await readAlertDevices(connection, unknown)) facts.set(device.deviceId, device);
      const found = sampled.flatMap((deviceId) => facts.get(deviceId) ?? []);
      await labels.load(
        connection,
        found.map(({ labelSetId }) => labelSetId),
      );
      return countSample(found, weight, labels, groupLabels);
    },
  };
}

function countSample(
  found: readonly AlertDevice[],
  weight: number,
  labels: LabelCache,
  groupLabels: readonly string[],
): FailingSample {
  const counts = new Map<string, { key: GroupKey; devices: number }>();
  const parts = new Map<string, { groups: readonly string[]; devices: number }>();
  const devices: FailingDevice[] = [];
  for (const facts of found) {
    // Others stand for nobody's service.
    if (facts.adminState !== 'in_service') continue;
    const { labelSetId, model, firmware } = facts;
    const part = `${labelSetId}\n${model ?? ''}\n${firmware ?? ''}`;
    const groups = parts.get(part)?.groups ?? [
      ...labels.groups(labelSetId, groupLabels),
      ...(model === null || firmware === null ? [] : [groupText(firmwareGroup(model, firmware))]),
      groupText(FLEET_GROUP),
    ];
    devices.push({ facts, groups });
    const known = parts.get(part);
    if (known === undefined) parts.set(part, { groups, devices: weight });
    else known.devices += weight;
  }
  for (const { groups, devices: number } of parts.values()) {
    for (const text of groups) {
      const known = counts.get(text);
      if (known !== undefined) known.devices += number;
      else {
        const cut = text.indexOf('=');
        counts.set(text, { key: { label: text.slice(0, cut), value: text.slice(cut + 1) }, devices: number });
      }
    }
  }
  return { weight, devices, counts, missing: [...parts.values()] };
}
