export * from './connector.js';
export * from './limits.js';
export * from './wanted-parameters.js';
