export * from './follow-models.js';
export * from './model-folder.js';
export { createModelMetrics } from './model-metrics.js';
export * from './model-text.js';
export * from './open-models.js';
