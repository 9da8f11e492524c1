import { OPERATOR_REQUESTS, type EraseRequest, type TombstoneFile } from '@cpemon/contracts';
import type { Connection } from '@cpemon/database';
import { identityHash, type DeviceIdentity } from '@cpemon/domain';
import { audited } from '@cpemon/event-log';
import type { WatchedAppender } from '@cpemon/intake';
import {
  SEARCH_BEGIN,
  addErasureKey,
  addTombstones,
  findErasedAgain,
  findTraces,
  listTombstones,
  readErasureKeys,
  type ErasedFound,
  type KeyedTombstone,
} from '@cpemon/store';
import { cursorOf, limitOf } from '../operators/list-page.js';
import { writeCursor } from '../operators/list-cursor.js';
import type { OperatorRoutes } from '../operators/operator-router.js';
import { askErasure } from './ask-erasure.js';
import { tellErasure } from './erasure-teller.js';

/** Serial numbers looked through in one request: some hundred milliseconds of hashing. */
const SERIALS_A_LOOK = 20_000;
const TAG = 'operations' as const;

/** Tombstones for beside the backups, and their way back after a restore. */
export function addTombstoneRoutes(
  { post }: OperatorRoutes,
  appender: Pick<WatchedAppender, 'append'>,
): void {
  post(
    '/v1/erasures/tombstones/export',
    OPERATOR_REQUESTS.tombstonePage,
    async ({ body, connection }) => {
      const limit = limitOf(body.limit);
      const end = cursorOf(body.cursor, ['', ''] as const);
      const keys = await readErasureKeys(connection);
      const after =
        end === undefined ? {} : { after: { subjectHash: Buffer.from(end[0], 'hex'), erasureId: end[1] } };
      const found = await listTombstones(connection, keys, { limit: limit + 1, ...after });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        keys: keys.map(({ secret }) => secret.toString('base64')),
        items: items.map(tombstoneView),
        next_cursor:
          found.length > limit && last !== undefined
            ? writeCursor([last.subjectHash.toString('hex'), last.erasureId])
            : null,
      };
    },
    { summary: 'Tombstones and their secrets, to be kept beside the backups', tag: TAG, status: 200 },
  );

  post(
    '/v1/erasures/tombstones/import',
    OPERATOR_REQUESTS.tombstones,
    ({ body, connection, actor }) =>
      audited(
        connection,
        { actor, action: 'erasure.import', target: 'tombstones', detail: { tombstones: body.items.length } },
        async () => {
          for (const secret of body.keys) await addErasureKey(connection, Buffer.from(secret, 'base64'));
          const keys = await readErasureKeys(connection);
          await addTombstones(
            connection,
            body.items.flatMap((item) => tombstoneOf(item, keys) ?? []),
          );
          return { tombstones: body.items.length };
        },
      ),
    { summary: 'Brings tombstones back after a restore', tag: TAG, status: 200 },
  );

  post(
    '/v1/erasures/tombstones/apply',
    OPERATOR_REQUESTS.tombstonePlace,
    async ({ body, connection, actor }) => {
      const [table, after] = cursorOf(body.cursor, [0, ''] as const) ?? SEARCH_BEGIN;
      const keys = await readErasureKeys(connection);
      const { found, next } = await findErasedAgain(connection, keys, [table, after], SERIALS_A_LOOK);
      for (const each of found) {
        for (const device of await meantBy(connection, each)) {
          const wish = { ...device, reason: 'It was erased before the restore', actor };
          await tellErasure(connection, appender, await askErasure(connection, wish));
        }
      }
      return { erased: found.length, next_cursor: next === null ? null : writeCursor(next) };
    },
    { summary: 'Erases again what a restore has brought back, a stretch a request', tag: TAG, status: 200 },
  );
}

/** Whom tombstones of a serial number are about, among the devices that have it. */
async function meantBy(
  connection: Connection,
  { serialNumber, tombstones }: ErasedFound,
): Promise<Pick<EraseRequest, 'device' | 'oui' | 'product_class' | 'all'>[]> {
  const { devices } = await findTraces(connection, [serialNumber]);
  const isAll = tombstones.some(({ identityHash }) => identityHash === null);
  if (isAll || devices.length < 2) return [{ device: serialNumber, all: true }];
  return devices
    .filter((device) =>
      tombstones.some((tombstone) => tombstone.identityHash?.equals(hashOf(tombstone, device))),
    )
    .map(({ oui, productClass }) => ({ device: serialNumber, oui, product_class: productClass }));
}

const hashOf = ({ key }: KeyedTombstone, identity: DeviceIdentity): Buffer => identityHash(key, identity);

const tombstoneView = (tombstone: KeyedTombstone): TombstoneFile['items'][number] => ({
  erasure: tombstone.erasureId,
  key: tombstone.key.keyId,
  subject: tombstone.subjectHash.toString('base64'),
  ...(tombstone.identityHash === null ? {} : { identity: tombstone.identityHash.toString('base64') }),
  position: [tombstone.generation, tombstone.lane, tombstone.sequence],
  erased_at: new Date(tombstone.erasedAt).toISOString(),
});

function tombstoneOf(
  item: TombstoneFile['items'][number],
  keys: readonly KeyedTombstone['key'][],
): KeyedTombstone | undefined {
  const key = keys.find(({ keyId }) => keyId === item.key);
  if (key === undefined) return undefined;
  const [generation, lane, sequence] = item.position;
  return {
    ...{ key, erasureId: item.erasure, subjectHash: Buffer.from(item.subject, 'base64') },
    identityHash: item.identity === undefined ? null : Buffer.from(item.identity, 'base64'),
    ...{ generation, lane, sequence, erasedAt: Date.parse(item.erased_at) },
  };
}
