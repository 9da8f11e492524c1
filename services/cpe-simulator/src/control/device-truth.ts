import type { Fleet } from '../fleet.js';
import { WAYS, type Way } from '../report-ways.js';
import type { Truth } from '../truth.js';

/** Ways whose reports carry the time at which they fell due. */
const TIMED: readonly Way[] = ['heartbeat', 'telemetry', 'webhook'];

/** One device of `GET /truth/devices`. */
export function deviceTruth(fleet: Fleet, truth: Truth, device: number): object {
  const known = truth.ofDevice(device);
  const state = stateAfter(fleet, device, known.last_acknowledged_ts);
  return {
    sn: fleet.serialNumberOf(device),
    cut: fleet.silence[device] !== 0,
    way: fleet.wayOf(device),
    interval_seconds: fleet.intervalMs[device]! / 1000,
    ...known,
    ...(state === undefined ? {} : { state }),
  };
}

export function* deviceLines(fleet: Fleet, truth: Truth): Generator<string> {
  for (let device = 0; device < fleet.size; device++)
    yield `${JSON.stringify(deviceTruth(fleet, truth, device))}\n`;
}

/**
 * What must be in force in the target after the last acknowledged report; undefined where that is not certain: the device
 * has changed since, another has its serial number, or not every report of it names these values.
 */
function stateAfter(fleet: Fleet, device: number, lastAcknowledged: string | null): object | undefined {
  const way = fleet.wayOf(device);
  if (lastAcknowledged === null || WAYS[way] === 'bulk' || WAYS[way] === 'mirror') return undefined;
  if (Date.parse(lastAcknowledged) <= fleet.changedMs[device]! || fleet.isClone(device)) return undefined;
  return {
    sw_version: fleet.softwareVersionOf(device),
    ...(fleet.internetDown[device] === 0 ? { wan_ip: fleet.wanAddressOf(device) } : {}),
    ...(TIMED.includes(way) && fleet.clock[device] === 0 ? { device_time: lastAcknowledged } : {}),
  };
}
