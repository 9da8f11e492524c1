/** Each profile of bulk data has its own interval and order (docs/device-status.md), so each is a source. */
const BULK_DATA = '/bulkdata';
const PREFIX = `${BULK_DATA}/`;

/** The `source` of a profile's reports. @param key of the profile, at most 22 characters; '' where it has none */
export const sourceOfProfile = (key: string): string => (key === '' ? BULK_DATA : PREFIX + key);

/** Reports that somebody hands on, such as the controller to which a USP agent pushes them. */
const RELAYED_PREFIX = '/events/';

export const sourceOfRelayedProfile = (source: string): string => source.replace(BULK_DATA, '/events');

export const isRelayedProfile = (source: string): boolean => source.startsWith(RELAYED_PREFIX);

export const isProfileSource = (source: string): boolean =>
  source.startsWith(BULK_DATA) && (source.length === BULK_DATA.length || source.startsWith(PREFIX));

export const isOfProfile = (source: string): boolean => isProfileSource(source) || isRelayedProfile(source);
