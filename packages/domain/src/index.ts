export * from './event.js';
export * from './intake-path.js';
export * from './lane.js';
