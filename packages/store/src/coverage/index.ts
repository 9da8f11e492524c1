export * from './add-coverage.js';
export * from './coverage-rows.js';
export * from './read-coverage.js';
