import type { TraceContext } from './trace-context.js';

/** The samplers of the OpenTelemetry specification that need no further service. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface SamplerSettings {
  name: SamplerName;
  /** Part of the traces that `traceidratio` records, 0 to 1. */
  ratio: number;
}

/** Decides at the head of a trace whether it is recorded. @param parent what the sender said of it */
export type Sampler = (parent: TraceContext | undefined) => boolean;

/** Those of a trace id that are random by W3C Trace Context 2: the last 56 bits. */
const RANDOM_DIGITS = 14;
const RANDOM_RANGE = 2 ** 56;

/** @param random 0 to 1, for traces that have no id yet: most are not recorded and need none */
export function createSampler({ name, ratio }: SamplerSettings, random: () => number = Math.random): Sampler {
  const ofRatio: Sampler = (parent) =>
    (parent === undefined ? random() : parseInt(parent.traceId.slice(-RANDOM_DIGITS), 16) / RANDOM_RANGE) <
    ratio;
  switch (name) {
    case 'always_on':
      return () => true;
    case 'always_off':
      return () => false;
    case 'traceidratio':
      return ofRatio;
    case 'parentbased_always_on':
      return (parent) => parent?.sampled ?? true;
    case 'parentbased_always_off':
      return (parent) => parent?.sampled ?? false;
    case 'parentbased_traceidratio':
      return (parent) => parent?.sampled ?? ofRatio(undefined);
  }
}
