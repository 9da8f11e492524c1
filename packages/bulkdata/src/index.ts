export * from './bulk-limits.js';
export type { BulkReport, BulkReports } from './bulk-report.js';
export { readCsvReports } from './csv/read-csv-reports.js';
export { readEndpointId } from './endpoint-id.js';
export * from './events-of-reports.js';
export { readJsonReports } from './json/read-json-reports.js';
export * from './read-bulk-body.js';
export { readBulkSender, type BulkSender } from './sender.js';
export { BULK_DATA_TYPE, readPushedReports } from './pushed-reports.js';
