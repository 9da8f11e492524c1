export { createAcsIngest, type AcsIngestOptions } from './app.js';
export { startAcsIngest } from './acs-ingest.js';
export { readConfig, type AcsIngestConfig } from './config.js';
