import { informXml } from '../cwmp/envelope.js';
import { clockText } from '../device-clock.js';
import type { Fleet } from '../fleet.js';
import { eventCodes } from '../inform-events.js';
import { eventsOf, signalsOf } from './heartbeat-body.js';
import { informParameters, parameterValues } from './parameter-values.js';
import type { Report } from './report.js';

/**
 * The Inform of a report.
 * @param atMs when it is sent: a retry has a new CurrentTime (TR-069 Amendment 6, 3.7.1.5), a relayed copy its first one
 * @param commandKeys of method-caused events, by their code
 */
export function informOf(
  fleet: Fleet,
  report: Report,
  atMs: number,
  retryCount = 0,
  commandKeys: Readonly<Record<string, string>> = {},
): string {
  const { device } = report;
  const model = fleet.modelOf(device);
  const { uptimeSeconds } = signalsOf(fleet, { device, dueMs: atMs });
  const codes = eventCodes(eventsOf(fleet, report, uptimeSeconds));
  return informXml(model.envelope, String(retryCount + 1), {
    manufacturer: model.manufacturer,
    oui: model.oui,
    productClass: fleet.productClassOf(device),
    serialNumber: fleet.serialNumberOf(device),
    events: codes.map((code) => [code, commandKeys[code] ?? ''] as const),
    currentTime: clockText(fleet, device, atMs, uptimeSeconds),
    retryCount,
    parameters: parameterValues(fleet, device, atMs, informParameters(fleet, device)),
  });
}
