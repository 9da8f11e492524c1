import { OPERATOR_REQUESTS } from '@cpemon/contracts';
import { FINDING_KINDS } from '@cpemon/domain';
import { OperatorError, audited } from '@cpemon/event-log';
import {
  countIdentityFindings,
  countQuarantined,
  listIdentityFindings,
  listQuarantined,
  releaseQuarantined,
  type FindingDevice,
  type QuarantinedIdentity,
  type ShownFinding,
} from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';
import { cursorOf, limitOf, pageOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

/** What is doubtful about who devices are, and identities that are not admitted. */
export function addIdentityRoutes({ get, post }: OperatorRoutes): void {
  get('/v1/identity-findings', OPERATOR_REQUESTS.findingsQuery, async ({ query, connection }) => {
    const limit = limitOf(query.limit);
    const after = cursorOf(query.cursor, [0, 0, '', 0] as const);
    const { kind, device: serialNumber } = query;
    const findings = await listIdentityFindings(
      connection,
      { ...(kind === undefined ? {} : { kind }), ...(serialNumber === undefined ? {} : { serialNumber }) },
      { limit: limit + 1, ...(after === undefined ? {} : { after }) },
    );
    const counted = await countIdentityFindings(connection);
    return {
      ...pageOf(findings, limit, findingView, ({ cursor }) => cursor),
      counts: Object.fromEntries(FINDING_KINDS.map((each) => [each, counted[each] ?? 0])),
    };
  });

  get('/v1/quarantine', OPERATOR_REQUESTS.quarantineQuery, async ({ query, connection }) => {
    const limit = limitOf(query.limit);
    const after = cursorOf(query.cursor, ['', '', ''] as const);
    const { reason, state } = query;
    const identities = await listQuarantined(
      connection,
      { released: state === 'released', ...(reason === undefined ? {} : { reason }) },
      { limit: limit + 1, ...(after === undefined ? {} : { after }) },
    );
    return {
      ...pageOf(identities, limit, quarantineView, ({ serialNumber, oui, productClass }) => [
        serialNumber,
        oui,
        productClass,
      ]),
      counts: await countQuarantined(connection),
    };
  });

  post('/v1/quarantine/release', OPERATOR_REQUESTS.release, ({ body, connection, actor }) => {
    const { device, reason } = body;
    const act = { actor, action: 'quarantine.release', target: device ?? 'all', detail: { reason } };
    return audited(connection, act, async () => {
      const wish = device === undefined ? { actor } : { actor, serialNumber: device };
      const released = await releaseQuarantined(connection, wish);
      if (device !== undefined && released === 0) {
        throw new OperatorError(404, 'not_in_quarantine', `No identity ${device} is in quarantine.`);
      }
      return { released };
    });
  });
}

function findingView({ kind, at, device, other, data }: ShownFinding) {
  return {
    kind,
    at: rfc3339(at),
    device: boxView(device),
    other: other === null ? null : boxView(other),
    ...data,
  };
}

function boxView({ serialNumber, oui, productClass, firstSeenAt, lastSeenAt }: FindingDevice) {
  return {
    ...{ sn: serialNumber, oui, product_class: productClass },
    ...{ first_seen: rfc3339(firstSeenAt), last_seen: rfc3339(lastSeenAt) },
  };
}

function quarantineView(identity: QuarantinedIdentity) {
  return {
    ...{ sn: identity.serialNumber, oui: identity.oui, product_class: identity.productClass },
    ...{ reason: identity.reason, source: identity.source, events: identity.events },
    ...{ first_at: rfc3339(identity.firstAt), last_at: rfc3339(identity.lastAt) },
    ...{ released_at: rfc3339(identity.releasedAt), released_by: identity.releasedBy },
  };
}
