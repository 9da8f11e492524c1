import { Counter, Gauge, type Registry } from '@cpemon/service-kit';
import type { FollowModelsOptions } from './follow-models.js';

/** As many hex digits as a double holds whole. */
const HASH_DIGITS = 12;

/** Declares what Prometheus sees of the device models in force. */
export function createModelMetrics(
  registry: Registry,
): Pick<FollowModelsOptions, 'loaded' | 'looked' | 'refused'> {
  const registers = [registry];
  const files = new Gauge({
    name: 'cpemon_device_models_files',
    help: "Files of the operator's folder that are in force",
    registers,
  });
  const set = new Gauge({
    name: 'cpemon_device_models_set',
    help: 'Number made of what these files say: processes with the same files show the same; 0: the built-in ones alone',
    registers,
  });
  const loadedAt = new Gauge({
    name: 'cpemon_device_models_loaded_timestamp_seconds',
    help: "When they were put in force, by this host's clock; 0: there are none",
    registers,
  });
  const good = new Gauge({
    name: 'cpemon_device_models_good',
    help: '0 while the folder has a mistake or cannot be read, and the files read before stay in force',
    registers,
  });
  good.set(1);
  const refused = new Counter({
    name: 'cpemon_device_models_refused_total',
    help: 'Changes of the folder that were refused whole',
    registers,
  });
  return {
    loaded(models) {
      files.set(models.files);
      set.set(Number.parseInt(models.hash.slice(0, HASH_DIGITS), 16));
      loadedAt.setToCurrentTime();
    },
    looked: (isGood) => good.set(isGood ? 1 : 0),
    refused: () => refused.inc(),
  };
}
