import {
  identitiesFromText,
  learntSeconds,
  type DeviceRecord,
  type RepeatMemory,
  type Report,
  type ReportRate,
  type Restlessness,
  type SourceRecord,
} from '@cpemon/domain';
import { MEMORY_VERSION } from './device-memory.js';
import { decodeHealth, type HealthMemoryJson } from './health-memory.js';
import { VALUE_COLUMNS } from './value-columns.js';

type ReportJson = [number, number | null, number, number, number, Report['attributes'], Report['metrics']];
interface RhythmJson {
  gaps?: number[];
  periodic?: number;
  step?: [number, number, boolean];
  silent?: number;
}
/** See `encodeMemory`. */
type SourceJson = [
  source: string,
  at: number,
  received: number | null,
  seen: number,
  declared: [number, number] | null,
  reports: ReportJson[],
  rhythm?: RhythmJson,
];

interface FurtherJson {
  repeats?: [retryCount: number, startedAt: number | null, told: string, transfers: string];
  chatty?: [since: number | null, normalMs: number, countedSince: number, reports: number, usual: number];
  restless?: [
    bootAt: number | null,
    boots: number[],
    loopSince: number | null,
    returns: number[],
    flappingSince: number | null,
  ];
  health?: HealthMemoryJson;
  was?: [productClass: string, until: number];
}

/** A memory that this version cannot read. */
export class UnknownMemoryError extends Error {
  override readonly name = 'UnknownMemoryError';

  constructor(version: unknown) {
    super(`device memory of version ${String(version)} is not known`);
  }
}

/** The part of a record that its memory holds. */
export type RememberedDevice = Pick<
  DeviceRecord,
  | 'recentIdentities'
  | 'repeats'
  | 'reportRate'
  | 'restlessness'
  | 'formerClass'
  | 'conditions'
  | 'baselines'
  | 'anchors'
  | 'sources'
>;

/**
 * @param columns the columns' values in the order of VALUE_COLUMNS
 * @throws UnknownMemoryError when a newer version wrote it
 */
export function decodeMemory(text: string, columns: readonly unknown[]): RememberedDevice {
  const memory = JSON.parse(text) as MemoryV1 | [number, string, SourceJson[], FurtherJson?];
  if (!Array.isArray(memory)) {
    const { v: version } = memory;
    if (version !== 1) throw new UnknownMemoryError(version);
    return {
      recentIdentities: identitiesFromText(memory.ids),
      repeats: null,
      reportRate: null,
      restlessness: null,
      formerClass: null,
      ...decodeHealth(undefined),
      sources: sourcesOfVersion1(memory).map((source) => decodeSource(source, columns)),
    };
  }
  const [version, identities, sources, { repeats, chatty, restless, health, was } = {}] = memory;
  if (version !== MEMORY_VERSION) throw new UnknownMemoryError(version);
  return {
    recentIdentities: identitiesFromText(identities),
    repeats: repeats === undefined ? null : decodeRepeats(repeats),
    reportRate: chatty === undefined ? null : decodeRate(chatty),
    restlessness: restless === undefined ? null : decodeRestlessness(restless),
    formerClass: was === undefined ? null : { productClass: was[0], until: was[1] },
    ...decodeHealth(health),
    sources: sources.map((source) => decodeSource(source, columns)),
  };
}

function decodeRepeats([retryCount, startedAt, told, transfers]: NonNullable<
  FurtherJson['repeats']
>): RepeatMemory {
  return {
    retryCount,
    startedAt,
    told: identitiesFromText(told),
    transfers: identitiesFromText(transfers),
  };
}

function decodeRate([chattySince, normalMs, countedSince, reports, usualPerMinute]: NonNullable<
  FurtherJson['chatty']
>): ReportRate {
  return { countedSince, reports, usualPerMinute, chattySince, normalMs };
}

function decodeRestlessness([bootAt, boots, loopSince, returns, flappingSince]: NonNullable<
  FurtherJson['restless']
>): Restlessness {
  return { bootAt, boots, loopSince, returns, flappingSince };
}

function decodeSource(source: SourceJson, columns: readonly unknown[]): SourceRecord {
  const [name, at, received, seen, declared, reports, { gaps = [], periodic, step, silent } = {}] = source;
  return {
    source: name,
    newestAt: received === null ? -Infinity : at,
    newestReceivedAt: received === null ? -Infinity : at + received,
    lastSeenAt: at + seen,
    declaredSeconds: declared === null ? null : declared[0],
    declaredAt: declared === null ? -Infinity : at + declared[1],
    learntGapsMs: gaps,
    learntSeconds: learntSeconds(gaps),
    periodicAt: periodic === undefined ? null : at + periodic,
    stepCandidate: step === undefined ? null : { skewMs: step[0], receivedAt: at + step[1], boot: step[2] },
    silentSince: silent === undefined ? null : at + silent,
    reports: reports.map(([order, deviceTime, rank, sequence, mask, attributes, metrics]): Report => {
      const own = {
        attributes: attributes as Record<string, unknown>,
        metrics: metrics as Record<string, unknown>,
      };
      for (let column = 0; mask >> column !== 0; column += 1) {
        const known = VALUE_COLUMNS[column];
        if ((mask & (1 << column)) !== 0 && known !== undefined)
          own[known.kind][known.name] = columns[column];
      }
      return {
        orderAt: at + order,
        deviceTime: deviceTime === null ? null : at + deviceTime,
        rankAt: at + rank,
        sequence,
        attributes,
        metrics,
      };
    }),
  };
}

/** Device memories as they were written before arrays took the place of names; still read, no longer written. */
interface MemoryV1 {
  v: number;
  ids: string;
  sources: {
    source: string;
    at: number;
    received: number;
    seen: number;
    declared?: [number, number];
    gaps?: number[];
    periodic?: number;
    step?: [number, number, boolean];
    reports: ReportJson[];
  }[];
}

function sourcesOfVersion1({ sources }: MemoryV1): SourceJson[] {
  return sources.map(({ source, at, received, seen, declared = null, reports, ...rhythm }) => [
    ...([source, at, received, seen, declared, reports] as const),
    rhythm,
  ]);
}
