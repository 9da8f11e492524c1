export * from './config-reader.js';
export * from './http-server.js';
export * from './lifecycle.js';
export * from './logger.js';
export * from './metrics-registry.js';
export * from './operations-server.js';
export * from './problem.js';
export * from './weighted-histogram.js';
