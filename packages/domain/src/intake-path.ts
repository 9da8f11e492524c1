import { isObserverSource } from './observation.js';
import { isProfileSource, isRelayedProfile } from './profile-source.js';

/** The ways in. Silence of a device counts only while the path it reports by was accepting. */
export const INTAKE_PATHS = [
  'heartbeat',
  'telemetry',
  'webhook',
  'cwmp',
  'mirror',
  'events',
  'bulkdata',
  'command',
] as const;
export type IntakePath = (typeof INTAKE_PATHS)[number];

/** The CloudEvents `source` of events that came in by `path`. */
export const sourceOfPath = (path: IntakePath): string => `/${path}`;

/** The part of a `source` that its sender has no say in: "/bulkdata" of "/bulkdata/wifi". */
export function wayInOf(source: string): string {
  const second = source.indexOf('/', 1);
  return second === -1 ? source : source.slice(0, second);
}

/** The path a `source` names, or undefined for a source of another version. Observations are CloudEvents. */
export function pathOfSource(source: string): IntakePath | undefined {
  if (isObserverSource(source) || isRelayedProfile(source)) return 'events';
  if (isProfileSource(source)) return 'bulkdata';
  return INTAKE_PATHS.find((path) => source === `/${path}`);
}
