import { BUILT_IN_MODELS } from './built-in-models.js';
import type { DeviceModels } from './device-models.js';

/** What a process translates parameters with, and what it keeps of those that it does not know. */
export interface ModelsInForce {
  models: DeviceModels;
  unknownValues: 'kept' | 'dropped';
}

let inForce: ModelsInForce = { models: BUILT_IN_MODELS, unknownValues: 'dropped' };

/** What counts where a caller names nothing else: the built-in files, unless the process was started with others. */
export const modelsInForce = (): ModelsInForce => inForce;

/**
 * For the start of a process, and for files that have changed since. An event is read and redacted without a pause, so
 * that no set is changed within one.
 */
export function putModelsInForce(chosen: ModelsInForce): void {
  inForce = chosen;
}
