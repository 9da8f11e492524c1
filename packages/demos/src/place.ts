import type { Books, Reading } from './reading.js';

/** Where a demo runs: processes of this machine, containers, a cluster. */
export interface Place {
  /** For people: where to look while it goes on. */
  page: string;
  read(): Promise<Omit<Reading, 'atSeconds' | 'answered'>>;
  books(): Promise<Books>;
  /** @throws Error when the writers do not become so many within a minute */
  scaleWriters(replicas: number): Promise<void>;
  /** Replicas of the writer when the demo began. */
  writers: number;
  /** Kills the database server, which its keeper starts again; absent where the demo may not. */
  killDatabase?(): Promise<void>;
  startScenario(name: string): Promise<void>;
  stopScenario(name: string): Promise<void>;
  /** Sends one event of a device of its own that fails when it is applied, until that time; absent where it may not. */
  sendFailingEvent?(serialNumber: string, until: Date): Promise<void>;
  /** Holds the senders still, or lets them go on. */
  pause(paused: boolean): Promise<void>;
  /** The long comparison, device by device, where there is one: its words, and whether all agree. */
  verify?(): Promise<{ agree: boolean; words: string }>;
  /** Puts back what the demo changed, and ends what it started. */
  close(): Promise<void>;
}
