import { DEVICE_ACTIONS } from './device-actions.js';
import { OUTAGE_ACTIONS } from './outage-actions.js';
import { TRAFFIC_ACTIONS } from './traffic-actions.js';

/** Everything that a step of a scenario can do. */
export const ACTIONS = { ...OUTAGE_ACTIONS, ...DEVICE_ACTIONS, ...TRAFFIC_ACTIONS };

export type ActionName = keyof typeof ACTIONS;
