/** What scenarios change of each device, in typed arrays by its index: 65 bytes a device with the fleet's own. */
export interface DeviceColumns {
  /** Milliseconds between two reports. */
  readonly intervalMs: Float64Array;
  /** When within an interval the CPE reports, milliseconds. */
  readonly phaseMs: Float64Array;
  /** Bits of SILENCE. */
  readonly silence: Uint8Array;
  /** Bits of INFORM_EVENTS that its next report tells of. */
  readonly events: Uint16Array;
  /** The last boot that a scenario caused, epoch milliseconds; 0: none. */
  readonly bootMs: Float64Array;
  /** Index in CLOCKS. */
  readonly clock: Uint8Array;
  /** dB of light lost on the way beyond what is usual. */
  readonly opticalLossDb: Float32Array;
  /** dB of noise margin lost on the line. */
  readonly lineLossDb: Float32Array;
  /** How often it got a new WAN address. */
  readonly addressTurn: Uint16Array;
  /** 1: its internet connection is down while its management works. */
  readonly internetDown: Uint8Array;
  /** When something about it changed last, epoch milliseconds; 0: never. */
  readonly changedMs: Float64Array;
}

export const emptyColumns = (): DeviceColumns => ({
  intervalMs: new Float64Array(0),
  phaseMs: new Float64Array(0),
  silence: new Uint8Array(0),
  events: new Uint16Array(0),
  bootMs: new Float64Array(0),
  clock: new Uint8Array(0),
  opticalLossDb: new Float32Array(0),
  lineLossDb: new Float32Array(0),
  addressTurn: new Uint16Array(0),
  internetDown: new Uint8Array(0),
  changedMs: new Float64Array(0),
});

const NAMES = Object.keys(emptyColumns()) as (keyof DeviceColumns)[];

/** Puts longer columns in the place of those of a fleet; what was there stays. */
export function growColumns(columns: DeviceColumns, length: number): void {
  const writable = columns as Record<keyof DeviceColumns, Column>;
  for (const name of NAMES) writable[name] = grown(writable[name], length);
}

type Column = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** The same values with zeros behind them. */
export function grown<T extends Column>(column: T, length: number): T {
  const longer = new (column.constructor as new (length: number) => T)(length);
  longer.set(column);
  return longer;
}
