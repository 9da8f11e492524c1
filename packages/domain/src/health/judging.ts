import type { DeviceRecord } from '../device-record.js';
import type { TimelineEntry } from '../timeline.js';
import type { HealthRules } from './health-rules.js';

/** One look at a device. */
export interface Judging {
  record: DeviceRecord;
  rules: HealthRules;
  /** When the readings were made, epoch ms. */
  at: number;
  timeline: TimelineEntry[];
}
