import type { Router } from 'express';
import { READ_REQUESTS, type DevicesQuery } from '@cpemon/contracts';
import {
  findInInventory,
  readDevicesBySerial,
  readIntakeMoment,
  readTimeline,
  type TimelineEnd,
} from '@cpemon/store';
import { serialNumberForms } from '@cpemon/domain';
import type { Access } from '../access/access.js';
import { maySee, type Principal } from '../access/principal.js';
import type { DatabaseReader } from '../database-reader.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import { readCursor, writeCursor } from '../operators/list-cursor.js';
import { limitOf } from '../operators/list-page.js';
import { createApiRouter, type Asked } from '../routes/api-routes.js';
import type { RouteBook } from '../routes/route-book.js';
import { rfc3339 } from '../rfc3339.js';
import { exportDevices } from './device-export.js';
import { auditLookUp, createDeviceGates, reasonOf, REASON_HEADER } from './device-gate.js';
import { readDevicePage, withLabels, type DeviceListPage } from './device-list-reads.js';
import { RequestProblem } from '../routes/request-problem.js';
import { DEVICE, DEVICE_LIST, TIMELINE } from './device-schemas.js';
import { deviceItem, timelineView, wholeDeviceView } from './device-views.js';
import { filterOf, limitedTo, readPageEnd, writePageEnd } from './list-query.js';
import { findOneDevice, readDeviceInFull } from './whole-device-reads.js';

export interface DeviceRouteOptions {
  access: Access;
  read: DatabaseReader;
  /** For what is written down. */
  act: DatabaseReader;
  keeper: DirectoryKeeper;
  book?: RouteBook;
}

const LONGEST_ID = 64;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Devices: lists and search, one in full, its timeline, all of them as a file. */
export function createDeviceRoutes({ access, read, act, keeper, book }: DeviceRouteOptions): Router {
  const deviceGates = createDeviceGates(access, read, act);
  const routes = createApiRouter(book, (declare) => {
    declare({
      ...{ method: 'get', path: '/v1/devices', access: 'reader', gates: [access.mayAsk], etag: true },
      about: {
        summary:
          'Devices: by filters that all have to fit, by any part of a name, or by a whole key. A viewer limited to labels sees no others; support asks by key and says why.',
        ...{ tag: 'devices', answer: DEVICE_LIST, problems: [403, 409] },
      },
      query: READ_REQUESTS.devices,
      headers: REASON_HEADER,
      async answer(asked) {
        const { query, principal } = asked;
        const masked = access.masks(principal);
        if (principal.role === 'support' || query.key !== undefined) return byKey(asked, masked);
        return list(query, principal, masked);
      },
    });

    declare({
      ...{ method: 'get', path: '/v1/export/devices', access: 'reader', gates: [access.mayAsk] },
      about: {
        summary: 'All devices that fit, as NDJSON or CSV, however many they are.',
        ...{ tag: 'devices', json: false, media: ['application/x-ndjson', 'text/csv'], problems: [403] },
      },
      query: READ_REQUESTS.deviceExport,
      async answer({ query, principal, response }) {
        if (principal.role === 'support')
          throw new RequestProblem(403, 'exact_key_needed', 'Support looks at one device at a time.');
        const { format = 'ndjson', ...filters } = query;
        const filter = limitedTo(filterOf(filters), principal.labels);
        const masked = access.masks(principal);
        await exportDevices({ read, keeper, filter, format, masked, response });
        return undefined;
      },
    });

    declare({
      ...{ method: 'get', path: '/v1/devices/:id', access: 'reader', gates: deviceGates, etag: true },
      about: {
        summary:
          'One device, by its key or serial number: who it is, how it is and why, its values with age and source, its line and the boxes before it.',
        ...{ tag: 'devices', answer: DEVICE, problems: [403, 404, 409] },
      },
      query: READ_REQUESTS.device,
      headers: REASON_HEADER,
      async answer({ params, principal }) {
        const masked = access.masks(principal);
        return wholeDeviceView(
          await read(async (connection) =>
            readDeviceInFull(connection, await findOneDevice(connection, idOf(params))),
          ),
          masked,
        );
      },
    });

    declare({
      ...{ method: 'get', path: '/v1/devices/:id/events', access: 'reader', gates: deviceGates, etag: true },
      about: {
        summary: 'What happened to a device, newest first.',
        ...{ tag: 'devices', answer: TIMELINE, problems: [403, 404, 409] },
      },
      query: READ_REQUESTS.timeline,
      headers: REASON_HEADER,
      async answer({ query, params, principal }) {
        const limit = limitOf(query.limit);
        const rows = await read(async (connection) => {
          const deviceId = await findOneDevice(connection, idOf(params));
          return readTimeline(connection, deviceId, {
            limit: limit + 1,
            before: timelineEndOf(query.cursor),
            kinds: query.kind?.split(','),
            from: timeOf(query.from),
            until: timeOf(query.until),
          });
        });
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const masked = access.masks(principal);
        return {
          items: shown.map((row) => timelineView(row, masked)),
          next_cursor:
            rows.length > limit && last !== undefined
              ? writeCursor([last.at, last.kind, last.identity])
              : null,
        };
      },
    });
  });

  const list = async (query: DevicesQuery, principal: Principal, masked: boolean) => {
    const { sort = 'first_seen' } = query;
    const filter = limitedTo(filterOf(query), principal.labels);
    const limit = limitOf(query.limit);
    if (filter === null) return listView(await nothing(), { masked, next: null });
    const after = readPageEnd(query, filter, sort);
    const page = await readDevicePage(read, keeper, { filter, sort, after, limit, personal: !masked });
    return listView(page, { masked, next: page.end === null ? null : writePageEnd(page.end, filter, sort) });
  };

  const nothing = async (): Promise<DeviceListPage> => ({
    ...{ devices: [], end: null },
    intake: await read(readIntakeMoment),
  });

  /** Devices that are known by a whole key: a serial number in any form, a service, or a key of their box or line. */
  const byKey = async (
    { query, principal, request }: Asked<DevicesQuery, unknown>,
    masked: boolean,
  ): Promise<object> => {
    const { key } = query;
    const support = principal.role === 'support';
    const others = Object.keys(query).filter((name) => name !== 'key' && name !== 'reason');
    if (key === undefined || (support && others.length > 0)) {
      const detail =
        'Support looks at one device at a time: ask with key, a whole serial number, service or external key.';
      throw new RequestProblem(403, 'exact_key_needed', detail);
    }
    if (others.length > 0)
      throw new RequestProblem(400, 'invalid_parameter', `key stands alone, without ${others.join(', ')}.`);
    if (support) {
      reasonOf(request);
      await auditLookUp(act, principal, key, request);
    }
    const page = await read(async (connection): Promise<DeviceListPage> => {
      const { boxes, lines } = await findInInventory(connection, key.trim());
      const serialNumbers = [
        ...(PRINTABLE_ASCII.test(key) ? serialNumberForms(key.trim()) : []),
        ...boxes.flatMap(({ serialNumber }) => serialNumberForms(serialNumber)),
        ...lines.flatMap(({ box }) => (box === null ? [] : serialNumberForms(box.serialNumber))),
      ];
      const found = await readDevicesBySerial(connection, [...new Set(serialNumbers)]);
      const devices = await withLabels(connection, found);
      return {
        ...{ end: null, intake: await readIntakeMoment(connection) },
        devices: devices.filter(({ labels }) => maySee(principal, labels)),
      };
    });
    if (support && page.devices.length > 1) {
      const detail = 'Several devices are known by this key: ask by another one.';
      throw new RequestProblem(409, 'several_devices', detail);
    }
    return listView(page, { masked, next: null });
  };

  return routes;
}

const listView = (
  { devices, intake }: DeviceListPage,
  { masked, next }: { masked: boolean; next: string | null },
) => ({
  items: devices.map((device) => deviceItem(device, intake, masked)),
  next_cursor: next,
  as_of: rfc3339(intake.at),
});

/** @throws RequestProblem `invalid_parameter` */
function idOf({ id = '' }: Record<string, string>): string {
  if (id.length <= LONGEST_ID) return id;
  throw new RequestProblem(400, 'invalid_parameter', `id: at most ${LONGEST_ID} characters.`);
}

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/** @throws RequestProblem `invalid_cursor` */
function timelineEndOf(cursor: string | undefined): TimelineEnd | undefined {
  if (cursor === undefined) return undefined;
  const [at, kind, identity] = readCursor(cursor, [0, '', ''] as const) ?? [];
  // What no date can be is no cursor of ours either.
  if (at === undefined || kind === undefined || identity === undefined || Math.abs(at) > 8.64e15)
    throw new RequestProblem(400, 'invalid_cursor', 'cursor is no next_cursor of this list.');
  return { at, kind, identity };
}
