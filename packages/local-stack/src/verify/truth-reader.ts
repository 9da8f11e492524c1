import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { DeviceTruth } from './compare-devices.js';

/** The control port of a simulator, as far as it is needed to hold it still and read its books. */
export interface SimulatorTruth {
  url: string;
  /** @returns whether it was not paused before */
  pause(): Promise<boolean>;
  resume(): Promise<void>;
  /** Reports whose fate is not known yet, and requests under way. */
  unsettled(): Promise<number>;
  devices(): AsyncIterable<DeviceTruth>;
}

const ANSWER_WITHIN_MS = 10_000;

export function openSimulatorTruth(url: string): SimulatorTruth {
  const at = url.replace(/\/$/, '');
  const ask = async (path: string, method = 'GET', timeoutMs = ANSWER_WITHIN_MS): Promise<Response> => {
    const response = await fetch(at + path, { method, signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`${at}${path} answered ${response.status}`);
    return response;
  };
  return {
    url: at,
    async pause() {
      const { paused } = (await (await ask('/')).json()) as { paused: boolean };
      if (!paused) await ask('/pause', 'POST');
      return !paused;
    },
    resume: async () => void (await ask('/resume', 'POST')),
    async unsettled() {
      const { totals } = (await (await ask('/truth')).json()) as { totals: Record<string, number> };
      return (totals['in_flight'] ?? 0) + (totals['queued'] ?? 0) + (totals['waiting'] ?? 0);
    },
    async *devices() {
      const response = await ask('/truth/devices', 'GET', 10 * 60_000);
      if (response.body === null) return;
      for await (const line of createInterface({ input: Readable.fromWeb(response.body as never) })) {
        if (line !== '') yield JSON.parse(line) as DeviceTruth;
      }
    },
  };
}
