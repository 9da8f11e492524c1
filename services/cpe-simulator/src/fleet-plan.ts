import { readJsonFile, FileError } from './json-file.js';
import { unknownName } from './nearest-name.js';
import type { VendorModel } from './models/model-file.js';

/** How a fleet is made up and where it stands. */
export interface FleetPlan {
  regions: readonly string[];
  /** Devices of a site; a site has one OLT and one DSLAM. */
  devicesPerSite: number;
  devicesPerPon: number;
  /** Sites behind one BNG. */
  sitesPerBng: number;
  /** Service tiers and their shares, relative to each other. */
  tiers: Readonly<Record<string, number>>;
  models: readonly VendorModel[];
}

export const USUAL_PLAN: Omit<FleetPlan, 'models'> = {
  regions: ['north', 'east', 'south', 'west'],
  devicesPerSite: 256,
  devicesPerPon: 32,
  sitesPerBng: 8,
  tiers: { residential: 92, business: 8 },
};

/**
 * Reads a plan: `{"regions": […], "devicesPerSite": 256, "tiers": {…}, "models": {"zte-f670l": 20},
 * "firmware": {"zte-f670l": ["V1", "V2"]}}`, each optional; of models with shares only those take part.
 * @throws FileError
 */
export function readFleetPlan(file: string | undefined, models: readonly VendorModel[]): FleetPlan {
  if (file === undefined) return { ...USUAL_PLAN, models };
  const content = readJsonFile(file);
  const fail = (why: string): never => {
    throw new FileError(`${file}: ${why}`);
  };
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return fail('must be an object');
  const given = content as Record<string, unknown>;
  const names = models.map(({ name }) => name);
  const size = (name: keyof FleetPlan, usual: number): number => {
    const value = given[name] ?? usual;
    if (!Number.isInteger(value) || (value as number) < 1)
      fail(`${name} must be a whole number of at least 1`);
    return value as number;
  };
  const shares = (name: string, usual: Readonly<Record<string, number>>): Record<string, number> => {
    const value = given[name] ?? usual;
    if (typeof value !== 'object' || value === null) return fail(`${name} must be an object of shares`);
    for (const [key, share] of Object.entries(value)) {
      if (typeof share !== 'number' || !(share >= 0)) fail(`${name}.${key} must be a number of at least 0`);
    }
    return value as Record<string, number>;
  };
  const regions = given['regions'] ?? USUAL_PLAN.regions;
  if (!Array.isArray(regions) || regions.length === 0) return fail('regions must be a list of names');
  const weights = shares('models', Object.fromEntries(models.map(({ name, weight }) => [name, weight])));
  const firmware = (given['firmware'] ?? {}) as Record<string, readonly string[]>;
  for (const name of [...Object.keys(weights), ...Object.keys(firmware)]) {
    if (!names.includes(name)) fail(unknownName('model', name, names));
  }
  return {
    regions: regions.map(String),
    devicesPerSite: size('devicesPerSite', USUAL_PLAN.devicesPerSite),
    devicesPerPon: size('devicesPerPon', USUAL_PLAN.devicesPerPon),
    sitesPerBng: size('sitesPerBng', USUAL_PLAN.sitesPerBng),
    tiers: shares('tiers', USUAL_PLAN.tiers),
    models: models.flatMap((model) => {
      const weight = weights[model.name] ?? 0;
      if (weight === 0) return [];
      return [{ ...model, weight, softwareVersions: firmware[model.name] ?? model.softwareVersions }];
    }),
  };
}
