import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** How far the connector has come. Everything up to it was acknowledged by CPEmon. */
export interface ConnectorState {
  version: 1;
  /** The NBI that it is about. */
  nbi: string;
  import: {
    done: boolean;
    /** The last device of the import that was acknowledged; null before the first. */
    after_id: string | null;
    /** How many were. */
    devices: number;
  };
  /** The latest `_lastInform` that was acknowledged, RFC 3339; null before the first. */
  devices_until: string | null;
  /** The latest `timestamp` of a fault that was acknowledged. */
  faults_until: string | null;
}

export const newState = (nbi: string): ConnectorState => ({
  version: 1,
  nbi,
  import: { done: false, after_id: null, devices: 0 },
  devices_until: null,
  faults_until: null,
});

/**
 * What the file says; a new state when there is none.
 * @throws Error with a sentence when it cannot be read, or is that of another NBI
 */
export function readState(file: string, nbi: string): ConnectorState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return newState(nbi);
    throw error;
  }
  const state = parse(text);
  if (state === undefined) {
    throw new Error(`${file} is not a state of this connector. Remove it to import all devices again.`);
  }
  if (state.nbi !== nbi) {
    throw new Error(`${file} belongs to the NBI at ${state.nbi}. Name another with --state.`);
  }
  return state;
}

function parse(text: string): ConnectorState | undefined {
  try {
    const state = JSON.parse(text) as Partial<ConnectorState> | null;
    const isTime = (value: unknown): boolean =>
      value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
    const right =
      state?.version === 1 &&
      typeof state.nbi === 'string' &&
      typeof state.import?.done === 'boolean' &&
      typeof state.import.devices === 'number' &&
      (state.import.after_id === null || typeof state.import.after_id === 'string') &&
      isTime(state.devices_until) &&
      isTime(state.faults_until);
    return right ? (state as ConnectorState) : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step: whatever happens, it holds the state before or this one. */
export function writeState(file: string, state: ConnectorState): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(state, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}
