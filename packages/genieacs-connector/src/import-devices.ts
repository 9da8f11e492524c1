import type { Followed } from './follow.js';
import type { ReadPage } from './page-reader.js';
import type { ConnectorState } from './state-file.js';

export interface ImportOptions {
  state: ConnectorState;
  save: (change: Partial<ConnectorState>) => void;
  devices: Followed;
  readPage: ReadPage;
  tell: (line: string) => void;
}

/** A line in the log after so many devices. */
const TELL_EVERY = 10_000;

/**
 * Sends every device once, in the order of its id, which the database has an index for. It goes on where an earlier run
 * ended; following begins at the time at which the first one did.
 */
export async function importDevices({ state, save, devices, readPage, tell }: ImportOptions): Promise<void> {
  const { projection, recent, send } = devices;
  if (state.import.after_id === null && state.devices_until === null) {
    const { documents } = await readPage({
      collection: 'devices',
      query: {},
      sort: { _lastInform: -1 },
      projection: ['_lastInform'],
    });
    const newest = documents[0]?.['_lastInform'];
    save({ devices_until: typeof newest === 'string' ? newest : null });
  } else if (state.import.after_id !== null) {
    tell(`The import goes on after ${state.import.devices} devices`);
  }
  for (;;) {
    const after = state.import.after_id;
    const { documents, isLast, total } = await readPage({
      collection: 'devices',
      query: after === null ? {} : { _id: { $gt: after } },
      sort: { _id: 1 },
      projection,
    });
    if (after === null && total !== undefined) tell(`Importing ${total} devices`);
    await send(documents);
    for (const { _id, _lastInform: time } of documents) if (typeof time === 'string') recent.add(_id, time);
    const devicesDone = state.import.devices + documents.length;
    if (Math.floor(devicesDone / TELL_EVERY) > Math.floor(state.import.devices / TELL_EVERY)) {
      tell(`${devicesDone} devices imported`);
    }
    save({
      import: { done: isLast, after_id: documents.at(-1)?._id ?? after, devices: devicesDone },
    });
    if (isLast) return tell(`Import done: ${devicesDone} devices`);
  }
}
