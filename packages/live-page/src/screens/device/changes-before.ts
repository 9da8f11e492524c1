import type { TimelineItem } from './device-answer.js';

/** What somebody did or what happened by itself, and may be why; what only says that something is wrong is none. */
const CAUSES: ReadonlySet<string> = new Set([
  ...['boot', 'firmware', 'address', 'transfer', 'software_module', 'fault', 'provision', 'observation'],
  ...['connection_request', 'vendor', 'diagnostics', 'reboot_loop', 'flapping', 'telemetry', 'absence'],
]);

/** An upgrade or a storm shows within a day; what is older than that explains little. */
export const LOOKED_BACK_MS = 86_400_000;
/** A last word (a dying gasp, a boot) comes a moment after what it tells of. */
export const LOOKED_AHEAD_MS = 120_000;
const MOST_SHOWN = 6;

/** A change, and how long before the trouble it was; negative: after it. */
export interface ChangeBefore {
  item: TimelineItem;
  beforeMs: number;
}

/** What changed right before something went wrong, the nearest first. @param wrongAt epoch ms */
export function changesBefore(items: readonly TimelineItem[], wrongAt: number): ChangeBefore[] {
  return items
    .filter(({ type }) => CAUSES.has(type))
    .map((item) => ({ item, beforeMs: wrongAt - Date.parse(item.at) }))
    .filter(({ beforeMs }) => beforeMs <= LOOKED_BACK_MS && beforeMs >= -LOOKED_AHEAD_MS)
    .sort((one, other) => Math.abs(one.beforeMs) - Math.abs(other.beforeMs))
    .slice(0, MOST_SHOWN);
}
