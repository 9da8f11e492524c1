import { EVENTS_PER_MS, type FleetPlan } from './fleet-plan.js';

/** Devices unless a benchmark says otherwise. */
export const FLEET_DEVICES = 100_000;

/** A plan that begins now, the devices in a random order that every run repeats. */
export const shuffledFleet = (devices = FLEET_DEVICES): FleetPlan => ({
  devices,
  order: { seed: 20_261_121 },
  startMs: Date.now(),
  eventsPerMs: EVENTS_PER_MS,
});

/** A plan that begins now, for the first pass over a fleet: its order has nothing to do with the measured one. */
export const numberedFleet = (devices = FLEET_DEVICES): FleetPlan => ({
  devices,
  order: 'by-number',
  startMs: Date.now(),
  eventsPerMs: EVENTS_PER_MS,
});
