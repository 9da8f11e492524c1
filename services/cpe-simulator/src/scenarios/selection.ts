import type { Fleet } from '../fleet.js';
import { ACCESSES, type Access } from '../models/model-file.js';
import { WAYS, type Path } from '../report-ways.js';

/** Groups of devices in the network. */
export const GROUPS = ['region', 'site', 'bng', 'olt', 'pon', 'dslam'] as const;
export type Group = (typeof GROUPS)[number];

/** Which devices something happens to; all when nothing is said. What is said holds together. */
export interface Selection {
  /** One group of this kind, by chance … */
  group?: Group;
  /** … or this one. */
  named?: string;
  access?: Access;
  /** Name of a model. */
  model?: string;
  /** Those that run it at that moment. */
  firmware?: string;
  /** Those that report on this path. */
  path?: Path;
  /** Those of this service tier. */
  tier?: string;
  /** Share of what is left, 0 to 1. */
  share?: number;
  /** Of what is left at most so many. */
  count?: number;
}

export const SELECTION_NAMES = [
  ...(['group', 'named', 'access', 'model', 'firmware', 'path', 'tier', 'share', 'count'] as const),
] as const;
export { ACCESSES };

/** @param random numbers in [0, 1): the same numbers choose the same devices */
export function select(fleet: Fleet, selection: Selection, random: () => number): number[] {
  const { group, named, access, model, firmware, path, tier, share, count } = selection;
  const candidates: number[] = [];
  for (let device = 0; device < fleet.size; device++) {
    const its = fleet.modelOf(device);
    if (access !== undefined && its.access !== access) continue;
    if (model !== undefined && its.name !== model) continue;
    if (firmware !== undefined && fleet.softwareVersionOf(device) !== firmware) continue;
    if (path !== undefined && WAYS[fleet.wayOf(device)] !== path) continue;
    if (tier !== undefined && fleet.placeOf(device).tier !== tier) continue;
    if (group !== undefined && fleet.placeOf(device)[group] === undefined) continue;
    candidates.push(device);
  }
  let chosen = candidates;
  if (group !== undefined && candidates.length > 0) {
    const pick = candidates[Math.floor(random() * candidates.length)]!;
    const wanted = named ?? fleet.placeOf(pick)[group];
    chosen = candidates.filter((device) => fleet.placeOf(device)[group] === wanted);
  }
  if (share !== undefined) {
    const some = chosen.filter(() => random() < share);
    // A share of a small fleet is at least one device, or nothing would be seen.
    chosen = some.length > 0 ? some : chosen.slice(0, 1);
  }
  return count === undefined ? chosen : chosen.slice(0, count);
}
