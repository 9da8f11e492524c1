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

/** For the start of a process, before its first message: what it read and what it kept must not differ within one. */
export function putModelsInForce(chosen: ModelsInForce): void {
  inForce = chosen;
}
