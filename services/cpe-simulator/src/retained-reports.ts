import type { Fleet } from './fleet.js';
import type { Way } from './report-ways.js';
import { BULK_PROFILES } from './reports/bulk-request.js';
import type { Report } from './reports/report.js';
import { createShipment, type Shipment } from './shipment.js';
import type { Truth } from './truth.js';

/** Bulk reports that could not be delivered: the next one of their device and profile takes them along. */
export interface RetainedReports {
  keep(shipment: Shipment): void;
  /** The shipment of a new report, with those that were kept before it. */
  shipmentFor(way: Way, report: Report): Shipment;
}

/** @param most reports that a device keeps of a profile: NumberOfRetainedFailedReports of TR-181 */
export function createRetainedReports(fleet: Fleet, truth: Truth, most: number): RetainedReports {
  const retained = new Map<string, Shipment>();
  return {
    keep(shipment) {
      shipment.state = 'retained';
      retained.set(`${shipment.reports[0]!.device} ${shipment.profile}`, shipment);
    },
    shipmentFor(way, report) {
      const profile = profileAt(report.dueMs, fleet.intervalMs[report.device]!);
      const key = `${report.device} ${profile}`;
      const before = retained.get(key);
      if (before === undefined) {
        const shipment = createShipment(way);
        shipment.profile = profile;
        shipment.reports.push(report);
        return shipment;
      }
      retained.delete(key);
      before.reports.push(report);
      while (before.reports.length > most + 1) {
        truth.abandoned('bulk', before.reports.shift()!, before.sent > 0);
        before.sent -= 1;
      }
      before.frozen = undefined;
      return before;
    },
  };
}

/** Which profile of its bulk data a device sends at a time: the second one every so many intervals. */
function profileAt(dueMs: number, intervalMs: number): number {
  const [, second] = BULK_PROFILES;
  return Math.floor(dueMs / intervalMs) % second.every === 0 ? 1 : 0;
}
