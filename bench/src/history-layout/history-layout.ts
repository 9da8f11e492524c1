import type { SingleConnection } from '@cpemon/database';
import type { Sample } from '@cpemon/history';

/** A sample on its way into history. */
export interface DeviceSample {
  deviceId: number;
  lane: number;
  sample: Sample;
}

/** One way to take samples in, and to give those of a device back before they are at rest. */
export interface HistoryLayout {
  name: string;
  /** Tables whose files count as its size before packing. */
  tables: readonly string[];
  prepare(connection: SingleConnection): Promise<void>;
  /** What a state transaction would do with a batch beside its state rows. */
  insert(transaction: SingleConnection, samples: readonly DeviceSample[]): Promise<void>;
  /** Packs everything into rows of `history_samples` and removes what it was made of. */
  pack(connection: SingleConnection, devices: number): Promise<void>;
  /** How many samples of a device there are, read as a reader would before packing. */
  readDevice(
    connection: SingleConnection,
    deviceId: number,
    lane: number,
    minutes: readonly number[],
  ): Promise<number>;
}
