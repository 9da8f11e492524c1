import type { DeviceModels } from './device-models.js';
import { modelsInForce } from './models-in-force.js';

/** The two data models: TR-181 and TR-098. */
export type DataModelRoot = 'Device.' | 'InternetGatewayDevice.';

/** A CPE must take an envelope of 32 KiB (TR-069 Amendment 6, 3.4.1); its answer should fit as well. */
const MOST_PARAMETERS = 24;

/**
 * The parameters worth asking a device for with GetParameterValues, full names with instance numbers, the standard
 * ones first. A device that lacks one of them refuses the whole call with fault 9005.
 */
export function healthParametersOf(
  root: DataModelRoot,
  manufacturer: string,
  models: DeviceModels = modelsInForce().models,
): string[] {
  return models
    .askedOf({ manufacturer, oui: '', productClass: '' })
    .filter((path) => path.startsWith(root))
    .slice(0, MOST_PARAMETERS);
}
