import { READ_REQUESTS } from '@cpemon/contracts';
import { labelsOfSets, readIntakeMoment, readNewestRuleSet, readWholeDevice } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { Gate } from '../reader-access.js';
import type { DeclareRoute } from '../routes/api-routes.js';
import { unknownDevice } from '../routes/request-problem.js';
import { REASON_HEADER } from './device-gate.js';
import { JUDGEMENT, judgementView } from './judgement-view.js';
import { findOneDevice } from './whole-device-reads.js';

export interface JudgementRouteOptions {
  read: DatabaseReader;
  /** Those of routes of one device. */
  deviceGates: readonly Gate[];
  /** @throws RequestProblem `invalid_parameter` */
  idOf: (params: Record<string, string>) => string;
}

/** `GET /v1/devices/:id/judgement`: what rules look for on a device, and what is usual for it. */
export function addJudgementRoute(
  declare: DeclareRoute,
  { read, deviceGates, idOf }: JudgementRouteOptions,
): void {
  declare({
    ...{ method: 'get', path: '/v1/devices/:id/judgement', access: 'reader', gates: deviceGates, etag: true },
    about: {
      summary:
        'By what a device is judged: the health rules that are for it, with their bounds in the unit of the metric and how each stands, and what is usual for it.',
      ...{ tag: 'devices', answer: JUDGEMENT, problems: [403, 404, 409] },
    },
    query: READ_REQUESTS.device,
    headers: REASON_HEADER,
    answer: ({ params }) =>
      read(async (connection) => {
        const deviceId = await findOneDevice(connection, idOf(params));
        const device = await readWholeDevice(connection, deviceId);
        if (device === null) throw unknownDevice();
        const labels = await labelsOfSets(connection, device.labelSetId === 0 ? [] : [device.labelSetId]);
        const own = Object.fromEntries(labels.get(device.labelSetId) ?? []);
        const { at } = await readIntakeMoment(connection);
        return judgementView(device, own, await readNewestRuleSet(connection), at);
      }),
  });
}
