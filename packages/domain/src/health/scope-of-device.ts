import type { DeviceRecord } from '../device-record.js';
import { reportInForce } from '../report-values.js';
import type { HealthRule } from './health-rule.js';
import type { HealthRules } from './health-rules.js';
import { matchesEntry } from './rule-scope.js';

/** Whether a rule is for devices of this model and firmware. */
export function isOfScope(record: DeviceRecord, { scope }: HealthRule): boolean {
  if (scope === null) return true;
  const { models, firmware } = scope;
  if (models !== null && !matchesEntry(models, valueOf(record, 'model'))) return false;
  return firmware === null || matchesEntry(firmware, valueOf(record, 'sw_version'));
}

/** … and with these labels, too; null while it is not known which ones the device has. */
export function isInScope(record: DeviceRecord, rule: HealthRule, { labelsOf }: HealthRules): boolean | null {
  if (!isOfScope(record, rule)) return false;
  const labels = rule.scope?.labels ?? null;
  if (labels === null) return true;
  if (record.labelSetId === 0) return false;
  const own = labelsOf(record.labelSetId);
  if (own === undefined) return null;
  for (const [name, values] of labels) if (!matchesEntry(values, own.get(name) ?? null)) return false;
  return true;
}

const valueOf = (record: DeviceRecord, name: 'model' | 'sw_version'): string | null =>
  reportInForce(record, 'attributes', name)?.report.attributes[name] ?? null;
