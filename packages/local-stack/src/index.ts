export * from './private-database.js';
export * from './process-identity.js';
export * from './server-binary.js';
export * from './config.js';
export * from './find-or-fetch-mysql.js';
export * from './find-or-fetch-server.js';
export * from './service-node-flags.js';
