export * from './client.js';
export { OPERATIONS, type Operations } from './operations.js';
