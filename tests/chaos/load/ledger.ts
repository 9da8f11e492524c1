/** What became of an event, as its sender knows it. */
export const UNSENT = 0;
export const OPEN = 1;
export const ACKNOWLEDGED = 2;
export const IN_DOUBT = 3;

/** The sender's books of one device. Events are numbered from 1. */
export interface DeviceBooks {
  serialNumber: string;
  /** Number of the last event sent. */
  sent: number;
  state(n: number): number;
  /** How often the event was put on the wire: it may stand in the log at most so many times. */
  attempts(n: number): number;
  /** A new event; its number. */
  begin(): number;
  attempted(n: number): void;
  acknowledged(n: number): void;
  /** It may be in the log or not; an event that was acknowledged once stays so. */
  inDoubt(n: number): void;
}

/** Everything that was sent, and what was said about it. */
export interface Ledger {
  devices: readonly DeviceBooks[];
  /** Index of a device by its serial number. */
  indexOf(serialNumber: string): number | undefined;
  acknowledged(): number;
  inDoubt(): number;
}

export function createLedger(serialNumbers: readonly string[]): Ledger {
  const devices = serialNumbers.map(createBooks);
  const index = new Map(serialNumbers.map((serialNumber, at) => [serialNumber, at]));
  const count = (wanted: number): number => {
    let events = 0;
    for (const device of devices) {
      for (let n = 1; n <= device.sent; n += 1) if (device.state(n) === wanted) events += 1;
    }
    return events;
  };
  return {
    devices,
    indexOf: (serialNumber) => index.get(serialNumber),
    acknowledged: () => count(ACKNOWLEDGED),
    inDoubt: () => count(IN_DOUBT) + count(OPEN),
  };
}

function createBooks(serialNumber: string): DeviceBooks {
  let states = new Uint8Array(64);
  let attempts = new Uint8Array(64);
  return {
    serialNumber,
    sent: 0,
    state: (n) => states[n] ?? UNSENT,
    attempts: (n) => attempts[n] ?? 0,
    begin() {
      this.sent += 1;
      if (this.sent >= states.length) {
        states = grown(states);
        attempts = grown(attempts);
      }
      states[this.sent] = OPEN;
      return this.sent;
    },
    attempted(n) {
      attempts[n]! += 1;
    },
    acknowledged(n) {
      states[n] = ACKNOWLEDGED;
    },
    inDoubt(n) {
      if (states[n] !== ACKNOWLEDGED) states[n] = IN_DOUBT;
    },
  };
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
