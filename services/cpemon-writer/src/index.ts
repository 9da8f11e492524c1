export { readConfig, type WriterConfig } from './config.js';
export { createDeviceApplier, type DeviceApplierOptions } from './device-applier.js';
export { startWriter } from './writer.js';
