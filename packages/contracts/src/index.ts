export * from './acs-event-schema.js';
export * from './body-limits.js';
export * from './body-reader.js';
export * from './drop-reasons.js';
export * from './heartbeat-schema.js';
export * from './operator-requests.js';
export * from './refusal.js';
export {
  HEARTBEAT_FORMAT,
  TELEMETRY_FORMAT,
  WEBHOOK_FORMAT,
  type ReportFormat,
  type RequestContext,
} from './report-reader.js';
export { REDACTED, isSecretName } from './secret-names.js';
export * from './test-event.js';
export { readDeviceId, type NamedDevice } from './webhook-shapes/device-id.js';
