import { ConfigError, createConfigReader } from '@cpemon/service-kit';
import { readTracingConfig } from './tracing-config.js';

const read = (env: Record<string, string>) => {
  const reader = createConfigReader(env);
  const config = readTracingConfig(reader);
  reader.finish();
  return config;
};
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

test('there are no traces unless an endpoint is named, and none where they are switched off', () => {
  expect(read({})).toBeUndefined();
  expect(read({ OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
  expect(read({ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(read({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
});

test('either endpoint switches them on, with the samplers of the specification', () => {
  expect(read(ENDPOINT)).toEqual({ sampler: { name: 'parentbased_always_on', ratio: 1 } });
  expect(
    read({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example.net/v1/traces',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    }),
  ).toEqual({ sampler: { name: 'parentbased_traceidratio', ratio: 0.01 } });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', 'must be an http or https URL'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'must be one of http/protobuf'],
  ['OTEL_TRACES_SAMPLER', 'sometimes', 'must be one of always_on'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'must be from 0 to 1'],
])('%s=%s is refused at the start', (name, value, problem) => {
  expect(() => read({ ...ENDPOINT, [name]: value })).toThrow(ConfigError);
  expect(() => read({ ...ENDPOINT, [name]: value })).toThrow(problem);
});
