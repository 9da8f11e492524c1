export { createCpemonApi, type CpemonApiOptions } from './app.js';
export { startCpemonApi } from './cpemon-api.js';
export { readConfig, type CpemonApiConfig, type IngestAccess } from './config.js';
