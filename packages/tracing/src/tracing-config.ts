import type { ConfigReader } from '@cpemon/service-kit';
import { SAMPLERS, type SamplerName, type SamplerSettings } from './sampler.js';

/** How traces are made. Where they go, and how, the exporter reads from the standard variables by itself. */
export interface TracingConfig {
  sampler: SamplerSettings;
}

/** The one protocol that is spoken, and the default of the specification. */
const PROTOCOL = 'http/protobuf';

/**
 * Reads the standard variables of OpenTelemetry (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
 * Undefined: there are no traces, because no endpoint is named or they are switched off.
 */
export function readTracingConfig(reader: ConfigReader): TracingConfig | undefined {
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].map((name) =>
    reader.parsed(name, parseEndpoint, { default: '' }),
  );
  const isDisabled = reader.boolean('OTEL_SDK_DISABLED', { default: false });
  const exporter = reader.string('OTEL_TRACES_EXPORTER', { default: 'otlp', oneOf: ['otlp', 'none'] });
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])
    reader.string(name, { default: PROTOCOL, oneOf: [PROTOCOL] });
  const name = reader.string('OTEL_TRACES_SAMPLER', {
    ...{ default: 'parentbased_always_on', oneOf: SAMPLERS },
  }) as SamplerName;
  const ratio = reader.number('OTEL_TRACES_SAMPLER_ARG', { default: 1, min: 0, max: 1 });
  const isOff = isDisabled || exporter === 'none' || endpoints.every((endpoint) => endpoint === '');
  return isOff ? undefined : { sampler: { name, ratio } };
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Error('must be an http or https URL');
  return text;
}
