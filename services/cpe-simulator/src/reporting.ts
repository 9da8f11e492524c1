import type { Agenda } from './agenda.js';
import type { Delivery } from './delivery.js';
import { SILENCE, type Fleet } from './fleet.js';
import type { Gateway } from './gateway.js';
import { WAYS, type Way } from './report-ways.js';
import type { Report } from './reports/report.js';
import type { RetainedReports } from './retained-reports.js';
import { createShipment, type Shipment } from './shipment.js';
import { createTimingWheel } from './timing-wheel.js';
import type { Truth } from './truth.js';
import type { World } from './world.js';

export interface ReportingSettings {
  fleet: Fleet;
  truth: Truth;
  world: World;
  agenda: Agenda;
  gateway: Gateway;
  retained: RetainedReports;
  delivery: Delivery;
  /** What each device is busy with; whoever ends a shipment takes it out. */
  busyWith: (Shipment | undefined)[];
  now: () => number;
  random: () => number;
}

/** When devices report, and what becomes of a report that falls due: a device never has two under way. */
export interface Reporting {
  /** Makes the reports that have fallen due, unless `paused`. */
  advance(nowMs: number, paused: boolean): void;
  /** A device reports now, whatever its rhythm says. */
  reportNow(device: number, nowMs: number): void;
  /** Their next report is at their new time. */
  reschedule(devices: Iterable<number>): void;
  /** Begins the rhythm of every device that has none. */
  resize(devices: number): void;
}

export function createReporting(settings: ReportingSettings): Reporting {
  const { fleet, truth, world, agenda, gateway, retained, delivery, busyWith, now, random } = settings;
  const wheel = createTimingWheel(fleet.size, now());
  /** Devices that the wheel will visit. */
  let scheduled = new Uint8Array(fleet.size);

  const shipmentFor = (way: Way, report: Report): Shipment => {
    if (WAYS[way] === 'bulk') return retained.shipmentFor(way, report);
    const shipment = createShipment(way);
    shipment.reports.push(report);
    return shipment;
  };

  /** What happens while a CPE waits for its retry goes into the same Inform; other bodies stay as they are. */
  const mergeEvents = (shipment: Shipment, device: number): void => {
    const [report] = shipment.reports;
    if (shipment.path !== 'cwmp' || report === undefined) return;
    report.events |= fleet.events[device]!;
    fleet.events[device] = 0;
  };

  const reportDue = (device: number, dueMs: number, nowMs: number): void => {
    truth.due += 1;
    const way = fleet.wayOf(device);
    const current = busyWith[device];
    if (current !== undefined) {
      truth.skipped += 1;
      // A new event ends the wait (TR-069 Amendment 6, 3.2.1.1). It is the CPE's rule: a gateway keeps to the table.
      const alone = current.path !== 'telemetry';
      if (alone && current.state === 'waiting' && nowMs >= current.notBeforeMs) {
        mergeEvents(current, device);
        delivery.retryNow(current);
      }
      return;
    }
    const report: Report = { device, dueMs, events: fleet.events[device]!, inDoubt: false };
    fleet.events[device] = 0;
    if (world.deadSources.has(WAYS[way])) {
      truth.skipped += 1;
      return;
    }
    if (way === 'telemetry') {
      busyWith[device] = gateway.collect(report, nowMs);
      return;
    }
    const shipment = shipmentFor(way, report);
    if (way !== 'cwmp' && random() < world.lateShare) {
      delivery.freeze(shipment);
      agenda.add(nowMs + world.lateMs, () => delivery.enqueue(shipment));
      return;
    }
    busyWith[device] = shipment;
    delivery.enqueue(shipment);
  };

  /** Milliseconds between two reports, as they come and not as the device says. */
  const paceOf = (device: number): number =>
    world.paceMs.get(device) ?? fleet.intervalMs[device]! / world.rate;

  const nextReportMs = (device: number, afterMs: number): number =>
    world.rate === 1 && !world.paceMs.has(device)
      ? fleet.nextReportMs(device, afterMs)
      : afterMs + paceOf(device);

  const deviceDue = (device: number, dueMs: number, nowMs: number, paused: boolean): void => {
    if (device >= fleet.size || fleet.silence[device]! & SILENCE.gone) {
      scheduled[device] = 0;
      return;
    }
    const nextMs = nextReportMs(device, nowMs);
    wheel.schedule(device, nextMs);
    if (paused || fleet.silence[device] !== 0) return;
    reportDue(device, dueMs, nowMs);
    // After a halt of this process several reports of a CPE have fallen due at once.
    const missed = Math.max(0, Math.round((nextMs - dueMs) / paceOf(device)) - 1);
    truth.due += missed;
    truth.skipped += missed;
  };

  const scheduleAll = (devices: number, afterMs: number): void => {
    for (let device = 0; device < devices; device++) {
      if (scheduled[device] === 1) continue;
      scheduled[device] = 1;
      wheel.schedule(device, fleet.nextReportMs(device, afterMs));
    }
  };
  scheduleAll(fleet.size, now());

  return {
    advance: (nowMs, paused) =>
      wheel.advance(nowMs, (device, dueMs) => deviceDue(device, dueMs, nowMs, paused)),
    reportNow: (device, nowMs) => reportDue(device, nowMs, nowMs),
    reschedule(devices) {
      const nowMs = now();
      for (const device of devices) {
        if (scheduled[device] === 1) wheel.schedule(device, nextReportMs(device, nowMs));
      }
    },
    resize(devices) {
      wheel.resize(devices);
      if (devices > scheduled.length) {
        const more = new Uint8Array(devices);
        more.set(scheduled);
        scheduled = more;
      }
      scheduleAll(devices, now());
    },
  };
}
