/** What the devices around one say about where its trouble lies. */

/** Devices that share something with one, itself included. */
export interface NeighbourGroup {
  by: string;
  value: string;
  total: number;
  by_status: Readonly<Record<'online' | 'degraded' | 'stale' | 'offline' | 'unknown', number>>;
}

/** From this part of the others on, it is not this device alone. */
const SHARED_FROM = 0.3;
/** A single other device says little. */
const FEWEST = 3;

/** Others in a group that are not well, of how many. */
function unwellOthers(
  { total, by_status: counts }: NeighbourGroup,
  status: string,
): [unwell: number, of: number] {
  const isUnwell = status !== 'online';
  return [Math.max(0, total - counts.online - (isUnwell ? 1 : 0)), Math.max(0, total - 1)];
}

/** The group in words: "4 of 63 others are not well." @param status of the device itself */
export function neighbourWords(group: NeighbourGroup, status: string): string {
  const [unwell, others] = unwellOthers(group, status);
  if (others === 0) return 'No other device shares it.';
  return unwell === 0 ? 'All others are well.' : `${unwell} of ${others} others are not well.`;
}

/**
 * Where to look, from the smallest group on; null of a device that is well, or that too few share anything with.
 * @param groups the smallest first
 */
export function neighbourVerdict(groups: readonly NeighbourGroup[], status: string): string | null {
  if (status === 'online') return null;
  const telling = groups.filter((group) => unwellOthers(group, status)[1] >= FEWEST);
  if (telling.length === 0) return null;
  const shared = telling.find((group) => {
    const [unwell, others] = unwellOthers(group, status);
    return unwell / others >= SHARED_FROM;
  });
  if (shared === undefined) return 'It is this device or its line: most of those around it are well.';
  const { by, value } = shared;
  return `It is not this device alone: look at ${by === 'pon' || by === 'olt' ? by.toUpperCase() : by} ${value}.`;
}
