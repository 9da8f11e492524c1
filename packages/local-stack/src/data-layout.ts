import { join } from 'node:path';
import { socketPath } from './short-socket.js';

/** Where a stack keeps what, below its data folder. */
export interface DataLayout {
  folder: string;
  lock: string;
  secrets: string;
  stackFile: string;
  logs: string;
  database: string;
  /** Of Prometheus and Alertmanager. */
  observe: string;
  controlSocket: string;
}

export function dataLayout(folder: string): DataLayout {
  return {
    folder,
    lock: join(folder, 'supervisor.json'),
    secrets: join(folder, 'secrets.json'),
    stackFile: join(folder, 'stack.json'),
    logs: join(folder, 'logs'),
    database: join(folder, 'mysql'),
    observe: join(folder, 'observe'),
    controlSocket: socketPath(folder, 'control.sock'),
  };
}
