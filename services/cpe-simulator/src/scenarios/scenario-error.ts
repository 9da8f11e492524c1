/** A scenario that cannot be played, with the reason. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

export function fail(why: string): never {
  throw new ScenarioError(why);
}

export function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${where} must be an object`);
  return value as Record<string, unknown>;
}
