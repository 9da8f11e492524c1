import type { CpeEvent } from '@cpemon/domain';
import { shuffledFleet } from '../load/fleet-load.js';
import { scheduleOf, serialNumberOf } from '../load/fleet-plan.js';
import { cpuTenthsOf, uptimeSecondsAt } from '../load/heartbeat-bytes.js';

export interface EventSource {
  next(count: number): CpeEvent[];
  /** Events made so far; they are numbered from 0. */
  made(): number;
}

/** Events as the border makes them of the canonical heartbeat, numbered so that the reader can check their order. */
export function createEventSource(): EventSource {
  const schedule = scheduleOf(shuffledFleet());
  let made = 0;
  return {
    made: () => made,
    next(count) {
      return Array.from({ length: count }, (): CpeEvent => {
        const n = made++;
        const timeMs = schedule.timeOf(n);
        return {
          id: n.toString(16).padStart(22, '0'),
          source: '/telemetry',
          type: 'cpemon.heartbeat.v1',
          subject: serialNumberOf(schedule.deviceOf(n)),
          time: new Date(timeMs).toISOString(),
          data: {
            interval_seconds: 60,
            attributes: {
              wan_ip: '100.64.12.34',
              sw_version: 'V5R020C10S115',
              hw_version: '168D.A',
              manufacturer: 'Huawei',
              model: 'EG8145V5',
            },
            metrics: {
              cpu_used_ratio: cpuTenthsOf(n) / 1000,
              memory_used_ratio: 0.482,
              uptime_seconds: uptimeSecondsAt(timeMs),
              temperature_celsius: 48.5,
              rx_power_dbm: -19.42,
              tx_power_dbm: 2.21,
              wifi_clients: 7,
              wan_rx_bytes: 123456789012,
              wan_tx_bytes: 12345678901,
            },
          },
        };
      });
    },
  };
}

/** The number an event was given. */
export const numberOf = (event: CpeEvent): number => parseInt(event.id, 16);
