import type { Transfer } from './envelope.js';

/** What an ACS can tell a CPE to do. */
export interface CpeOrders {
  /** Fetches a file and installs it; TransferComplete follows in a later session. */
  download(device: number, commandKey: string): void;
  reboot(device: number, commandKey: string): void;
  factoryReset(device: number): void;
  scheduleInform(device: number, delaySeconds: number, commandKey: string): void;
  setInterval(device: number, seconds: number): void;
}

/** What a device has to tell its ACS beside its events. */
export interface DeviceNotes {
  /** By the code of the event. */
  commandKeys: Record<string, string>;
  transfers: Transfer[];
}
