import type { Router } from 'express';
import { READ_REQUESTS, type DevicesQuery } from '@cpemon/contracts';
import { readIntakeMoment, readTimeline, type TimelineEnd } from '@cpemon/store';
import type { Access } from '../access/access.js';
import type { Principal } from '../access/principal.js';
import type { DatabaseReader } from '../database-reader.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import { readCursor, writeCursor } from '../operators/list-cursor.js';
import { limitOf } from '../operators/list-page.js';
import { createApiRouter } from '../routes/api-routes.js';
import type { RouteBook } from '../routes/route-book.js';
import { rfc3339 } from '../rfc3339.js';
import { exportDevices } from './device-export.js';
import { devicesByKey } from './devices-by-key.js';
import { createDeviceGates, REASON_HEADER } from './device-gate.js';
import type { DeviceLinkTemplate } from './device-links.js';
import { readDevicePage, type DeviceListPage } from './device-list-reads.js';
import { RequestProblem } from '../routes/request-problem.js';
import { DEVICE, DEVICE_LIST, NEIGHBOURS, RAW_REPORTS, TIMELINE } from './device-schemas.js';
import { deviceItem, timelineView, wholeDeviceView } from './device-views.js';
import { neighboursOf } from './neighbours.js';
import { addJudgementRoute } from './judgement-routes.js';
import { filterOf, limitedTo, readPageEnd, writePageEnd } from './list-query.js';
import { readRawReports } from './raw-reports.js';
import { findOneDevice, readDeviceInFull } from './whole-device-reads.js';

export interface DeviceRouteOptions {
  access: Access;
  read: DatabaseReader;
  /** For what is written down. */
  act: DatabaseReader;
  keeper: DirectoryKeeper;
  links?: readonly DeviceLinkTemplate[];
  book?: RouteBook;
}

const LONGEST_ID = 64;

/** Devices: lists and search, one in full, its timeline, all of them as a file. */
export function createDeviceRoutes({
  access,
  read,
  act,
  keeper,
  links = [],
  book,
}: DeviceRouteOptions): Router {
  const deviceGates = createDeviceGates(access, read, act);
  // Of one device after the other it would tell support how the others are.
  const neighbourGates = [access.mayLook, ...deviceGates.slice(1)];
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
        if (principal.role === 'support' || query.key !== undefined)
          return listView(await devicesByKey({ read, act }, asked), { masked, next: null });
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
          links,
        );
      },
    });

    declare({
      ...{ method: 'get', path: '/v1/devices/:id/raw', access: 'reader', gates: deviceGates, etag: true },
      about: {
        summary:
          'The newest report of each source of a device as it was taken in: parameters as they were sent, as long as the log keeps them.',
        ...{ tag: 'devices', answer: RAW_REPORTS, problems: [403, 404, 409] },
      },
      query: READ_REQUESTS.device,
      headers: REASON_HEADER,
      answer: ({ params, principal }) =>
        read(async (connection) =>
          readRawReports(connection, await findOneDevice(connection, idOf(params)), access.masks(principal)),
        ),
    });

    declare({
      ...{ method: 'get', path: '/v1/devices/:id/neighbours', access: 'reader', gates: neighbourGates },
      about: {
        summary: 'How the devices are that share a PON, a card, a DSLAM, an OLT or the model with one.',
        ...{ tag: 'devices', answer: NEIGHBOURS, problems: [403, 404, 409] },
      },
      query: READ_REQUESTS.nothing,
      async answer({ params, principal }) {
        const deviceId = await read((connection) => findOneDevice(connection, idOf(params)));
        const masked = access.masks(principal);
        return neighboursOf(read, keeper, { deviceId, limits: principal.labels, masked });
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

    addJudgementRoute(declare, { read, deviceGates, idOf });
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
