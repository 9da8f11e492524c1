import type { Change, DeviceName } from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';

/** A change as the stream tells it. */
export const changeView = (
  { deviceId, at, madeAt, kind, news, data }: Change,
  name: DeviceName | undefined,
  labels: Readonly<Record<string, string>>,
) => ({
  kind,
  device_id: deviceId === 0 ? null : deviceId,
  serial_number: name?.serialNumber ?? null,
  model: name?.model ?? null,
  labels,
  at: rfc3339(at),
  made_at: rfc3339(madeAt),
  // False: it was told before, and is made again by a rebuild.
  news,
  data,
});
