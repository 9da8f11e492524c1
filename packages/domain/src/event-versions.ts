import type { CpeEvent } from './event.js';

/** An event of one version of its type as the version that the rules know. It keeps its identity, device and time. */
export type ReadAs = (event: CpeEvent) => CpeEvent;

/** By type: the versions beside those that the rules know (docs/schemas.md section 3). */
export type EventVersions = ReadonlyMap<string, ReadAs>;

/** No type has a second version yet. */
export const EVENT_VERSIONS: EventVersions = new Map();

/** The event as the rules know it; itself where there is nothing to translate. What is parked or given up stays as it was sent. */
export function inKnownVersion<T extends { event: CpeEvent }>(logged: T, versions: EventVersions): T {
  const readAs = versions.size === 0 ? undefined : versions.get(logged.event.type);
  return readAs === undefined ? logged : { ...logged, event: readAs(logged.event) };
}
