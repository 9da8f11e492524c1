import type { DropCounts, DropReason } from '@cpemon/contracts';
import { readParameters, redactParameters, type ParameterSender } from '@cpemon/device-models';
import type { ParameterValues, ReportData } from '@cpemon/domain';

/** Puts into an event what parameters say, and the parameters themselves without secrets. */
export function addParameters(
  data: ReportData,
  parameters: ParameterValues,
  sender: ParameterSender,
  drops: DropCounts,
): void {
  const readings = readParameters(parameters, sender);
  const redacted = redactParameters(parameters);
  addDrops(drops, readings.dropped);
  addDrops(drops, redacted.dropped);
  if (!isEmpty(readings.attributes)) data.attributes = readings.attributes;
  if (!isEmpty(readings.metrics)) data.metrics = readings.metrics;
  if (readings.intervalSeconds !== undefined) data.interval_seconds = readings.intervalSeconds;
  if (!isEmpty(redacted.parameters)) data.parameters = redacted.parameters;
  if (redacted.leftOut > 0) data.parameters_left_out = redacted.leftOut;
}

function addDrops(drops: DropCounts, more: DropCounts): void {
  for (const reason of Object.keys(more) as DropReason[]) {
    drops[reason] = (drops[reason] ?? 0) + (more[reason] ?? 0);
  }
}

function isEmpty(record: object): boolean {
  for (const _name in record) return false;
  return true;
}
