export * from './built-in-models.js';
export { ModelFileError } from './check-model-file.js';
export { createDeviceModels, type DeviceModels, type ParameterSender } from './device-models.js';
export * from './health-parameters.js';
export type { ModelFile, ModelRule } from './model-file.js';
export * from './models-in-force.js';
export * from './read-parameters.js';
export * from './redact-parameters.js';
export { isSecretParameter, withoutUrlSecrets } from './secret-parameters.js';
