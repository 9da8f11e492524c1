import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_IN_MODEL_FILES, createDeviceModels, putModelsInForce } from '@cpemon/device-models';
import type { ConfigReader } from '@cpemon/service-kit';

/** How parameters of devices are translated, and what is kept of those that nothing describes. */
export interface DeviceModelsConfig {
  /** Folder with an operator's own files of mappings (*.json), read once, by name. */
  folder?: string;
  unknownValues: 'kept' | 'dropped';
}

export function readDeviceModelsConfig(reader: ConfigReader): DeviceModelsConfig {
  const folder = reader.optionalString('DEVICE_MODELS_DIR');
  const keep = reader.boolean('KEEP_UNKNOWN_VALUES', { default: false });
  return { ...(folder === undefined ? {} : { folder }), unknownValues: keep ? 'kept' : 'dropped' };
}

/**
 * Puts the operator's files in force, which outrank the built-in ones.
 * @returns how many there are
 * @throws Error with a sentence for the operator when a file cannot be used
 */
export async function loadDeviceModels({ folder, unknownValues }: DeviceModelsConfig): Promise<number> {
  const own = folder === undefined ? [] : await readFolder(folder);
  putModelsInForce({ models: createDeviceModels([...BUILT_IN_MODEL_FILES, ...own]), unknownValues });
  return own.length;
}

async function readFolder(folder: string): Promise<unknown[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    return await Promise.all(names.map((name) => readModelFile(join(folder, name))));
  } catch (cause) {
    throw new Error(`DEVICE_MODELS_DIR cannot be used: ${(cause as Error).message}`, { cause });
  }
}

async function readModelFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
