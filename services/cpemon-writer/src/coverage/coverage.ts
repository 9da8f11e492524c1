import { modelsInForce, surveyParameters } from '@cpemon/device-models';
import { isObservation, type CpeEvent } from '@cpemon/domain';
import type { CachedDevice } from '../cached-device.js';
import { createCoverageCounts, seenAt, type CoverageCounts } from './coverage-counts.js';

/** What each model sends, counted as events are applied. */
export interface Coverage extends Pick<CoverageCounts, 'take' | 'putBack'> {
  /** @param at when the event was received, epoch ms */
  note(device: CachedDevice, event: CpeEvent, at: number): void;
}

/** Reports of a firmware that are looked at between two flushes before it is only every sixteenth. */
export const LOOKED_AT_FIRST = 64;
const LOOK_AT_EVERY = 16;
/** Reports of a firmware, and of all, whose parameters are read by the rules between two flushes: 0.2 ms each. */
export const SURVEYS_A_FIRMWARE = 10;
export const MOST_SURVEYS = 600;

/**
 * Counts every report and looks at some: at all of a rare firmware and at a sixteenth of a frequent one, so that the cost
 * does not grow with the fleet and a model with ten devices is seen all the same.
 */
export function createCoverage(): Coverage {
  const counts = createCoverageCounts();
  let surveys = 0;
  return {
    note(device, event, at) {
      // What somebody else tells of a device is nothing that its firmware sends.
      if (isObservation(event)) return;
      const { data } = event;
      const { attributes } = data;
      const model = attributes?.model ?? device.model ?? device.record.productClass;
      const firmware = counts.firmware(model, attributes?.sw_version ?? device.swVersion ?? '');
      firmware.reports += 1;
      seenAt(firmware, at);
      if (firmware.reports > LOOKED_AT_FIRST && firmware.reports % LOOK_AT_EVERY !== 0) return;
      firmware.lookedAt += 1;
      if (firmware.manufacturer === '')
        firmware.manufacturer = attributes?.manufacturer ?? device.manufacturer ?? '';
      for (const name in data.metrics) {
        const metric = counts.metric(firmware, name);
        metric.seen += 1;
        seenAt(metric, at);
      }
      if (data.parameters === undefined) return;
      if (firmware.surveyed >= SURVEYS_A_FIRMWARE || surveys >= MOST_SURVEYS) return;
      surveys += 1;
      firmware.surveyed += 1;
      const { oui, productClass } = device.record;
      const sender = { manufacturer: firmware.manufacturer, oui, productClass };
      const { silent, unmapped } = surveyParameters(data.parameters, sender, modelsInForce().models);
      for (const name of silent) {
        const metric = counts.metric(firmware, name);
        metric.noReading += 1;
        seenAt(metric, at);
      }
      for (const parameter of unmapped) counts.path(firmware, parameter, at);
    },
    take() {
      surveys = 0;
      return counts.take();
    },
    putBack: (rows) => counts.putBack(rows),
  };
}
