import type { Status } from '../../words/statuses.js';
import { statusRank } from '../../words/statuses.js';
import { formatCount, formatShare } from '../../words/format.js';

/** One cell: a device, or all devices that share a value of a label. */
export type HeatCell = DeviceCell | GroupCell;

export interface DeviceCell {
  kind: 'device';
  id: number;
  serialNumber: string;
  reachability: string;
  health: string;
  reason: string;
  /** What it stands together with. */
  group: string;
}

export interface GroupCell {
  kind: 'group';
  label: string;
  /** Null: devices without the label. */
  value: string | null;
  devices: number;
  counts: Readonly<Record<'online' | 'stale' | 'offline' | 'unknown', number>>;
}

/** The status of a device in one word, as the API derives it. */
export function statusOfCell({ reachability, health }: Pick<DeviceCell, 'reachability' | 'health'>): Status {
  if (reachability !== 'online')
    return reachability === 'offline' || reachability === 'stale' ? reachability : 'unknown';
  return health === 'degraded' || health === 'critical' ? 'degraded' : 'online';
}

/** How a cell is filled: shares of its height from below, worst first; a part that is there is never too small to see. */
export function fillOf(cell: HeatCell): { status: Status; share: number }[] {
  if (cell.kind === 'device') return [{ status: statusOfCell(cell), share: 1 }];
  const { devices, counts } = cell;
  if (devices === 0) return [{ status: 'unknown', share: 1 }];
  const bad = (['offline', 'stale', 'unknown'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => ({ status, share: Math.max(SMALLEST_SHARE, counts[status] / devices) }));
  const badShare = bad.reduce((sum, { share }) => sum + share, 0);
  const scale = badShare > 1 ? 1 / badShare : 1;
  const filled = bad.map(({ status, share }) => ({ status, share: share * scale }));
  return badShare < 1 && counts.online > 0 ? [...filled, { status: 'online', share: 1 - badShare }] : filled;
}

/** One device of ten thousand that is missing is seen. */
const SMALLEST_SHARE = 0.15;

/** What a cell says when it is pointed at or read aloud. */
export function cellWords(cell: HeatCell): { title: string; words: string } {
  if (cell.kind === 'device') {
    const status = statusOfCell(cell);
    const group = cell.group === '' ? '' : `, ${cell.group}`;
    return {
      title: cell.serialNumber,
      words: `${status}${cell.reason === '' ? '' : `: ${cell.reason}`}${group}`,
    };
  }
  const { label, value, devices, counts } = cell;
  const missing = counts.offline + counts.stale;
  const bad = (['offline', 'stale', 'unknown'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${formatCount(counts[status])} ${status}`);
  const share = missing === 0 ? [] : [`${formatShare(missing, devices)} missing`];
  return {
    title: value === null ? `without ${label}` : `${label} ${value}`,
    words: [
      `${formatCount(devices)} devices`,
      ...(bad.length === 0 ? ['all online'] : [...bad, ...share]),
    ].join(', '),
  };
}

/** Devices that stand together, in the order of their groups and names; and where each group begins. */
export function orderDevices(cells: readonly DeviceCell[]): { cells: DeviceCell[]; starts: number[] } {
  const ordered = [...cells].sort(
    (one, other) => compare(one.group, other.group) || compare(one.serialNumber, other.serialNumber),
  );
  const starts = ordered.flatMap(({ group }, index) =>
    index > 0 && group !== ordered[index - 1]!.group ? [index] : [],
  );
  return { cells: ordered, starts };
}

/** Names with numbers in them in the order of the numbers. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** Groups in the order of their names, those without the label last. */
export const orderGroups = (cells: readonly GroupCell[]): GroupCell[] =>
  [...cells].sort((one, other) =>
    one.value === null ? 1 : other.value === null ? -1 : compare(one.value, other.value),
  );

/** How many cells are how, worst first. */
export function countCells(cells: readonly HeatCell[]): { status: Status; count: number }[] {
  const counts = new Map<Status, number>();
  for (const cell of cells) {
    if (cell.kind === 'device') add(counts, statusOfCell(cell), 1);
    else
      for (const status of ['online', 'stale', 'offline', 'unknown'] as const)
        add(counts, status, cell.counts[status]);
  }
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([status, count]) => ({ status, count }))
    .sort((one, other) => statusRank(one.status) - statusRank(other.status));
}

const add = (counts: Map<Status, number>, status: Status, count: number): void =>
  void counts.set(status, (counts.get(status) ?? 0) + count);
