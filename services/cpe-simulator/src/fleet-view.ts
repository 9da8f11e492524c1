import { SILENCE, type Fleet } from './fleet.js';

/** What a simulated CPE is in. */
export const CONDITIONS = ['connected', 'cut', 'no_power', 'no_line', 'gone'] as const;
export type Condition = (typeof CONDITIONS)[number];

export function conditionOf(fleet: Fleet, device: number): Condition {
  const silence = fleet.silence[device]!;
  if (silence === 0) return 'connected';
  if (silence & SILENCE.gone) return 'gone';
  if (silence & SILENCE.noPower) return 'no_power';
  return silence & SILENCE.noLine ? 'no_line' : 'cut';
}

export function countByCondition(fleet: Fleet): Record<Condition, number> {
  const counts = Object.fromEntries(CONDITIONS.map((name) => [name, 0])) as Record<Condition, number>;
  for (let device = 0; device < fleet.size; device++) counts[conditionOf(fleet, device)] += 1;
  return counts;
}

/** Groups in an answer at most; of a million devices there are 40,000 PONs. */
const MOST_GROUPS = 1000;

/** Devices by region, OLT, model and the like, and how many of each are silent. */
export function viewBy(fleet: Fleet, by: string): Record<string, { devices: number; silent: number }> {
  const groups: Record<string, { devices: number; silent: number }> = {};
  let known = 0;
  for (let device = 0; device < fleet.size; device++) {
    const name = nameOf(fleet, device, by) ?? 'none';
    let group = groups[name];
    if (group === undefined) {
      if (known >= MOST_GROUPS) continue;
      known += 1;
      group = groups[name] = { devices: 0, silent: 0 };
    }
    group.devices += 1;
    if (fleet.silence[device] !== 0) group.silent += 1;
  }
  return groups;
}

function nameOf(fleet: Fleet, device: number, by: string): string | undefined {
  if (by === 'model') return fleet.modelOf(device).name;
  if (by === 'access') return fleet.modelOf(device).access;
  if (by === 'way') return fleet.wayOf(device);
  return fleet.placeOf(device)[by as 'region'];
}
