import type { Operations } from '@cpemon/api-client';
import { api, ApiProblem } from '../../data/api.js';
import type { Change } from '../../data/figures.js';
import { onChanges } from '../../data/live.js';
import { orderDevices, type DeviceCell } from './heat-cell.js';
import type { HeatCells } from './heat-grid.js';

/** More squares are too small to point at. */
export const MOST_CELLS = 10_000;
const PAGE = 500;
/** Labels by which devices stand together, the narrowest that there is. */
const GROUPS = ['pon', 'card', 'olt', 'site', 'region'];

type Item = Operations['getDevices']['answer']['items'][number];

export interface DeviceCells extends HeatCells {
  cells: readonly DeviceCell[];
  /** Whether there are more than are shown. */
  isCut: boolean;
  /** The newest that is known of a device. @returns the index of its cell; null when it has none */
  take(change: Change): number | null;
}

/**
 * Reads the devices that fit, page by page.
 * @param onProgress how many were read so far
 * @throws ApiProblem
 */
export async function readDeviceCells(
  filter: Readonly<Record<`label.${string}`, string>>,
  { onProgress, isWanted }: { onProgress: (count: number) => void; isWanted: () => boolean },
): Promise<DeviceCells> {
  const items: Item[] = [];
  // What happens while pages are read is newer than some of them.
  const meanwhile: Change[] = [];
  const stop = onChanges((changes) => void meanwhile.push(...changes));
  let cursor: string | undefined;
  try {
    do {
      const query = { ...filter, limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) };
      const page: Operations['getDevices']['answer'] = await patiently(
        () => api.call('getDevices', { query }),
        isWanted,
      );
      items.push(...page.items);
      cursor = page.next_cursor ?? undefined;
      onProgress(items.length);
    } while (cursor !== undefined && items.length < MOST_CELLS && isWanted());
  } finally {
    stop();
  }
  const cells = createDeviceCells(items.slice(0, MOST_CELLS), cursor !== undefined);
  for (const change of meanwhile) cells.take(change);
  return cells;
}

/** The directory of devices is filled when somebody asks first. */
async function patiently<T>(ask: () => Promise<T>, isWanted: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (problem) {
      const waitSeconds = problem instanceof ApiProblem ? problem.retryAfterSeconds : null;
      if (waitSeconds === null || !isWanted()) throw problem;
      await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
    }
  }
}

function createDeviceCells(items: readonly Item[], isCut: boolean): DeviceCells {
  const groupLabel = GROUPS.find((name) => items.some(({ labels }) => labels[name] !== undefined));
  const { cells, starts } = orderDevices(items.map((item) => cellOf(item, groupLabel)));
  const indexOf = new Map(cells.map(({ id }, index) => [id, index]));
  const take = ({ device_id: id, kind, data }: Change): number | null => {
    const index = id === null ? undefined : indexOf.get(id);
    const { to, reason } = data;
    if (index === undefined || typeof to !== 'string') return null;
    if (kind !== 'reachability' && kind !== 'health') return null;
    const cell = cells[index]!;
    cell[kind] = to;
    if (typeof reason === 'string') cell.reason = reason;
    return index;
  };
  return {
    ...{ cells, starts, isCut, take },
    follow: (onChange) =>
      onChanges((changes) => {
        for (const change of changes) {
          const index = take(change);
          if (index !== null) onChange(index);
        }
      }),
  };
}

const cellOf = (item: Item, groupLabel: string | undefined): DeviceCell => ({
  kind: 'device',
  id: item.id,
  serialNumber: item.serial_number,
  reachability: item.reachability,
  health: item.health,
  reason:
    item.status === 'degraded' ? (item.health_reason ?? '') : item.status === 'online' ? '' : item.reason,
  group:
    groupLabel === undefined || item.labels[groupLabel] === undefined
      ? ''
      : `${groupLabel} ${item.labels[groupLabel]}`,
});
