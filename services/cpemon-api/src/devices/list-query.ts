import { createHash } from 'node:crypto';
import type { DeviceFilterQuery, DeviceListSort, DevicesQuery } from '@cpemon/contracts';
import type { AdminState, DeviceStatus, Health, Reachability } from '@cpemon/domain';
import type { DeviceFilter } from '../directory/device-filter.js';
import type { ListEnd } from './device-order.js';
import { readCursor, writeCursor } from '../operators/list-cursor.js';
import { RequestProblem } from '../routes/request-problem.js';

const words = <Word extends string>(text: string | undefined): Word[] | undefined =>
  text === undefined ? undefined : ([...new Set(text.split(','))] as Word[]);

const LABEL = 'label.';

/** What a query asks for. `label.model` and the like are the filters of that name. */
export function filterOf(query: DeviceFilterQuery): DeviceFilter {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(query))
    if (name.startsWith(LABEL)) labels[name.slice(LABEL.length)] = value as string;
  const { model = query.model, firmware = query.firmware, admin_state: labelledState, ...others } = labels;
  const adminState = query.admin_state ?? labelledState;
  const text = query.q?.trim();
  const lists = {
    statuses: words<DeviceStatus>(query.status),
    reachabilities: words<Reachability>(query.reachability),
    healths: words<Health>(query.health),
    adminStates: words<AdminState>(adminState),
  };
  return {
    labels: others,
    ...(text === undefined || text === '' ? {} : { text }),
    ...(model === undefined ? {} : { model }),
    ...(firmware === undefined ? {} : { firmware }),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)),
  };
}

/** Whether it leaves no device out. */
export const isEverything = ({ labels, ...rest }: DeviceFilter): boolean =>
  Object.keys(labels).length === 0 && Object.keys(rest).length === 0;

/** With the labels that whoever asks is limited to; null when it asks for others. */
export function limitedTo(
  filter: DeviceFilter,
  labels: Readonly<Record<string, string>>,
): DeviceFilter | null {
  const clash = Object.entries(labels).some(([name, value]) => (filter.labels[name] ?? value) !== value);
  return clash ? null : { ...filter, labels: { ...filter.labels, ...labels } };
}

/** A few characters that stand for a question, so that a cursor is used with its own only. */
const fingerprintOf = (filter: DeviceFilter, sort: DeviceListSort): string =>
  createHash('sha256')
    .update(JSON.stringify([sort, Object.entries(filter).sort(), Object.entries(filter.labels).sort()]))
    .digest('base64url')
    .slice(0, 12);

export const writePageEnd = (end: ListEnd, filter: DeviceFilter, sort: DeviceListSort): string =>
  writeCursor([fingerprintOf(filter, sort), end.deviceId, end.value]);

/** @throws RequestProblem `invalid_cursor`, `cursor_of_another_query` */
export function readPageEnd(
  { cursor }: Pick<DevicesQuery, 'cursor'>,
  filter: DeviceFilter,
  sort: DeviceListSort,
): ListEnd | null {
  if (cursor === undefined) return null;
  const parts = readCursor(cursor, ['', 0, 0] as const) ?? readCursor(cursor, ['', 0, ''] as const);
  if (parts === null)
    throw new RequestProblem(400, 'invalid_cursor', 'cursor is no next_cursor of this list.');
  const [fingerprint, deviceId, value] = parts;
  if (fingerprint !== fingerprintOf(filter, sort)) {
    const detail = 'cursor is of a list with other filters, or in another order: begin without it.';
    throw new RequestProblem(400, 'cursor_of_another_query', detail);
  }
  return { deviceId, value };
}
