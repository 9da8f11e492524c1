import { BUILT_IN_MODELS, putModelsInForce } from '@cpemon/device-models';
import type { ConfigReader, Logger, Registry } from '@cpemon/service-kit';
import { followModels } from './follow-models.js';
import { createModelMetrics } from './model-metrics.js';

/** How parameters of devices are translated, and what is kept of those that nothing describes. */
export interface DeviceModelsConfig {
  /** Folder with an operator's own files of mappings (YAML, JSON), which is followed. */
  folder?: string;
  unknownValues: 'kept' | 'dropped';
  /** A process that takes nothing in by them does not stand still for a mistake in the folder. */
  startsAnyway?: boolean;
}

/** Reads DEVICE_MODELS_DIR and KEEP_UNKNOWN_VALUES. */
export function readDeviceModelsConfig(reader: ConfigReader): DeviceModelsConfig {
  const folder = reader.optionalString('DEVICE_MODELS_DIR');
  const keep = reader.boolean('KEEP_UNKNOWN_VALUES', { default: false });
  return { ...(folder === undefined ? {} : { folder }), unknownValues: keep ? 'kept' : 'dropped' };
}

/**
 * Puts in force what a process translates parameters with, and follows the operator's folder until `stop`.
 * @throws Error with a sentence for the operator when the folder cannot be used, unless `startsAnyway`
 */
export async function openDeviceModels(
  { folder, unknownValues, startsAnyway = false }: DeviceModelsConfig,
  registry: Registry,
  logger: Pick<Logger, 'warn' | 'info'>,
): Promise<{ stop(): void }> {
  const metrics = createModelMetrics(registry);
  if (folder !== undefined) return followModels({ folder, unknownValues, startsAnyway, logger, ...metrics });
  putModelsInForce({ models: BUILT_IN_MODELS, unknownValues });
  return { stop() {} };
}
