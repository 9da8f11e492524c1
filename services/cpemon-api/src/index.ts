export { createCpemonApi, type CpemonApi, type CpemonApiOptions } from './app.js';
export { clientText } from './openapi/client-text.js';
export { describeApi } from './openapi/describe-api.js';
export { startCpemonApi } from './cpemon-api.js';
export { readConfig, type CpemonApiConfig, type IngestAccess } from './config.js';
