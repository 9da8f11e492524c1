import { createShipment, type Shipment } from './shipment.js';
import type { Report } from './reports/report.js';

/** Collects the reports of many CPEs into batches, as the gateway in front of them does. */
export interface Gateway {
  /** Puts a report into the open batch and returns that batch. */
  collect(report: Report, nowMs: number): Shipment;
  /** Lets the open batch go if it has waited long enough. */
  tick(nowMs: number): void;
}

/**
 * @param batchSize reports in a batch at most
 * @param lingerMs how long an incomplete batch waits for more
 * @param ship takes a batch that is complete or has waited long enough
 */
export function createGateway(batchSize: number, lingerMs: number, ship: (batch: Shipment) => void): Gateway {
  let open: Shipment | undefined;
  let openedAtMs = 0;

  const close = (): void => {
    const batch = open;
    open = undefined;
    if (batch !== undefined) ship(batch);
  };

  return {
    collect: (report, nowMs) => {
      if (open === undefined) {
        open = createShipment('telemetry');
        openedAtMs = nowMs;
      }
      const batch = open;
      batch.reports.push(report);
      if (batch.reports.length >= batchSize) close();
      return batch;
    },
    tick: (nowMs) => {
      if (nowMs - openedAtMs >= lingerMs) close();
    },
  };
}
