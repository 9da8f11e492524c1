export * from './access-requests.js';
export * from './alert-requests.js';
export * from './acs-event-schema.js';
export * from './body-limits.js';
export * from './body-reader.js';
export * from './cloud-events/index.js';
export * from './charset.js';
export * from './drop-reasons.js';
export * from './health-rules-text.js';
export * from './heartbeat-schema.js';
export { decodeJsonText, parseJsonText } from './json-text.js';
export { isDeeperThan, TOO_DEEP } from './nesting.js';
export * from './observation-schema.js';
export * from './inventory-row.js';
export * from './operator-requests.js';
export * from './read-requests.js';
export * from './refusal.js';
export * from './request-marks.js';
export {
  HEARTBEAT_FORMAT,
  TELEMETRY_FORMAT,
  WEBHOOK_FORMAT,
  type ReportFormat,
  type RequestContext,
} from './report-reader.js';
export { REDACTED, isSecretName } from './secret-names.js';
export * from './schemas/index.js';
export * from './test-event.js';
export { readDeviceId, type NamedDevice } from './webhook-shapes/device-id.js';
export { compileSchema } from './schema-validator.js';
