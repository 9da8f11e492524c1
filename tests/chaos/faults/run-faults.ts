import { pause } from '../pause.js';
import { appliedSince, type PipelineWatch } from '../watch/pipeline-watch.js';
import type { Load } from '../load/load.js';
import { FAULT_KINDS } from './catalogue.js';
import type { FaultKind, FaultSite, PlannedFault } from './fault.js';

/** What became of a planned fault. */
export interface FaultRecord {
  plan: PlannedFault;
  outcome: 'injected' | 'missed' | 'unavailable';
  detail: string;
  /** From the end of the cause until events were taken on every path and everything up to then was applied, ms. */
  recoveryMs: number | undefined;
}

export interface FaultRun {
  /** Resolves when every fault has been undone. */
  done: Promise<void>;
  records: FaultRecord[];
}

export interface FaultRunOptions {
  site: FaultSite;
  plans: readonly PlannedFault[];
  load: Load;
  watch: PipelineWatch;
  /** What takes longer has not recovered. */
  recoverWithinMs: number;
  say: (line: string) => void;
}

/** Injects the planned faults at their times, side by side where they overlap. */
export function runFaults({ site, plans, load, watch, recoverWithinMs, say }: FaultRunOptions): FaultRun {
  const kinds = new Map<string, FaultKind>(FAULT_KINDS.map((kind) => [kind.name, kind]));
  const unavailable = new Map<string, string>();
  for (const name of new Set(plans.map(({ kind }) => kind))) {
    const why = kinds.get(name)?.unavailable?.(site);
    if (why === undefined) continue;
    unavailable.set(name, why);
    say(`left out: ${name} (${why})`);
  }
  const records: FaultRecord[] = [];
  const startedAt = performance.now();
  const clock = (): string => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);

  const recovery = async (): Promise<number | undefined> => {
    const since = performance.now();
    let base = watch.latest();
    while (performance.now() - since < recoverWithinMs) {
      await pause(50);
      const now = watch.latest();
      if (now === undefined || now.at < since) continue;
      if (base === undefined || base.at < since) base = now;
      const taken = (['telemetry', 'heartbeat', 'webhook'] as const).every(
        (path) => load.acknowledgedSince(path) >= since,
      );
      if (taken && appliedSince(base, now)) return performance.now() - since;
    }
    return undefined;
  };

  const run = async (plan: PlannedFault): Promise<void> => {
    const kind = kinds.get(plan.kind);
    const why = unavailable.get(plan.kind);
    if (kind === undefined || why !== undefined) {
      records.push({ plan, outcome: 'unavailable', detail: why ?? 'unknown', recoveryMs: undefined });
      return;
    }
    await pause(Math.max(0, plan.at - (performance.now() - startedAt)));
    try {
      const began = clock();
      const detail = await kind.inject(site, plan);
      const recoveryMs = await recovery();
      records.push({ plan, outcome: 'injected', detail, recoveryMs });
      const back = recoveryMs === undefined ? 'NOT RECOVERED' : `recovered in ${seconds(recoveryMs)}`;
      say(`${began} s  ${plan.kind.padEnd(26)} ${detail}, held ${seconds(plan.holdMs)}, ${back}`);
    } catch (error) {
      const detail = (error as Error).message;
      records.push({ plan, outcome: 'missed', detail, recoveryMs: undefined });
      say(`${clock()} s  ${plan.kind.padEnd(26)} missed: ${detail}`);
    }
  };
  return { records, done: Promise.all(plans.map(run)).then(() => undefined) };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
