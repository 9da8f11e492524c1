import { KNOWN_METRICS } from '@cpemon/domain';
import { BUILT_IN_MODEL_FILES } from './built-in-models.js';
import type { ModelFile } from './model-file.js';

test('health rules know every metric that a built-in mapping makes', () => {
  const made = (BUILT_IN_MODEL_FILES as ModelFile[]).flatMap(({ rules }) =>
    rules.flatMap((rule) => ('metric' in rule ? [rule.metric] : [])),
  );
  expect(made.length).toBeGreaterThan(100);
  expect([...new Set(made)].filter((metric) => !KNOWN_METRICS.has(metric))).toEqual([]);
});
