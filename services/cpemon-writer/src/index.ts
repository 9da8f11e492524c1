export { createEvaluator, type Evaluator, type EvaluatorOptions } from './alerts/evaluator.js';
export { readConfig, type WriterConfig } from './config.js';
export { createDeviceApplier, type DeviceApplier, type DeviceApplierOptions } from './device-applier.js';
export { startWriter } from './writer.js';
