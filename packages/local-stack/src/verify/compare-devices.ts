/** A device as its sender knows it: a line of `GET /truth/devices`. */
export interface DeviceTruth {
  sn: string;
  sent: number;
  acknowledged: number;
  in_doubt: number;
  /** Of what was acknowledged; null before the first. */
  last_acknowledged_ts: string | null;
  last_sent_ts: string | null;
  /** What must be in force after the last acknowledged report; absent where the device has changed since. */
  state?: { sw_version?: string; wan_ip?: string; device_time?: string };
}

/** A device as it is stored; of several with one serial number the sums. */
export interface StoredDevice {
  serialNumber: string;
  /** Events applied but for repeats. */
  applied: number;
  duplicates: number;
  late: number;
  /** Devices with that serial number. */
  devices: number;
  swVersion: string | null;
  wanIp: string | null;
  deviceTimeMs: number | null;
}

export interface DeviceDifference {
  serialNumber: string;
  kind: 'missing' | 'doubled' | 'state';
  detail: string;
}

/** Sums over all devices that were compared. */
export interface VerifyTotals {
  devices: number;
  sent: number;
  acknowledged: number;
  in_doubt: number;
  applied: number;
  duplicates: number;
  late: number;
  /** Events acknowledged and not applied. */
  missing: number;
  /** Events applied more often than they can have been taken. */
  doubled: number;
  state_differences: number;
}

/** Sender and database side by side, device by device. */
export interface DeviceComparison {
  add(truth: DeviceTruth, stored: StoredDevice | undefined): void;
  readonly totals: VerifyTotals;
  /** The first of them. */
  readonly differences: readonly DeviceDifference[];
}

const MOST_DIFFERENCES = 100;

/**
 * Each device must have at least what was acknowledged, and at most what was acknowledged, is in doubt, or is open
 * (sent, and neither of them yet).
 */
export function createDeviceComparison(): DeviceComparison {
  const totals: VerifyTotals = {
    ...{ devices: 0, sent: 0, acknowledged: 0, in_doubt: 0, applied: 0, duplicates: 0, late: 0 },
    ...{ missing: 0, doubled: 0, state_differences: 0 },
  };
  const differences: DeviceDifference[] = [];
  const differs = (serialNumber: string, kind: DeviceDifference['kind'], detail: string): void => {
    if (differences.length < MOST_DIFFERENCES) differences.push({ serialNumber, kind, detail });
  };
  return {
    ...{ totals, differences },
    add(truth, stored) {
      const applied = stored?.applied ?? 0;
      totals.devices += 1;
      totals.sent += truth.sent;
      totals.acknowledged += truth.acknowledged;
      totals.in_doubt += truth.in_doubt;
      totals.applied += applied;
      totals.duplicates += stored?.duplicates ?? 0;
      totals.late += stored?.late ?? 0;
      const most = Math.max(truth.sent, truth.acknowledged + truth.in_doubt);
      if (applied < truth.acknowledged) {
        totals.missing += truth.acknowledged - applied;
        differs(truth.sn, 'missing', `${truth.acknowledged} acknowledged, ${applied} applied`);
      } else if (applied > most) {
        totals.doubled += applied - most;
        differs(
          truth.sn,
          'doubled',
          `${truth.acknowledged} acknowledged and ${truth.in_doubt} in doubt, ${applied} applied`,
        );
      }
      const wrong = stored === undefined ? [] : stateDifferences(truth, stored);
      totals.state_differences += wrong.length;
      for (const detail of wrong) differs(truth.sn, 'state', detail);
    },
  };
}

function stateDifferences({ state, in_doubt, last_sent_ts }: DeviceTruth, stored: StoredDevice): string[] {
  if (state === undefined || stored.devices !== 1) return [];
  const wrong: string[] = [];
  if (state.sw_version !== undefined && state.sw_version !== stored.swVersion)
    wrong.push(`sw_version is ${stored.swVersion}, sent was ${state.sw_version}`);
  if (state.wan_ip !== undefined && state.wan_ip !== stored.wanIp)
    wrong.push(`wan_ip is ${stored.wanIp}, sent was ${state.wan_ip}`);
  if (state.device_time !== undefined) {
    const [sentMs, storedMs] = [Date.parse(state.device_time), stored.deviceTimeMs];
    // What is in doubt may be newer than what was acknowledged.
    const newestMs = in_doubt > 0 && last_sent_ts !== null ? Date.parse(last_sent_ts) : sentMs;
    if (storedMs === null || storedMs < sentMs || storedMs > newestMs)
      wrong.push(`its time is ${iso(storedMs)}, acknowledged was ${state.device_time}`);
  }
  return wrong;
}

const iso = (ms: number | null): string => (ms === null ? 'none' : new Date(ms).toISOString());
