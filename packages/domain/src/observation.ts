import type { CpeEvent, Observer } from './event.js';

/** A fact about a device by somebody else. It can name a cause; it is no report of the device. */
export const OBSERVATION_TYPE = 'cpemon.observation.v1';

const PREFIX = '/observation/';

/** The `source` of what an observer of this kind tells: each kind has its own order and clock. */
export const sourceOfObserver = (observer: Observer): string => `${PREFIX}${observer}`;

/** Whether what a source tells is no sign of life of the device, so that nothing follows from its silence. */
export const isObserverSource = (source: string): boolean => source.startsWith(PREFIX);

export const isObservation = ({ type }: Pick<CpeEvent, 'type'>): boolean => type === OBSERVATION_TYPE;
