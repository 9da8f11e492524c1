import type { Connection } from '@cpemon/database';
import type { HealthRule, HealthSurroundings } from '@cpemon/domain';
import type { Logger } from '@cpemon/service-kit';
import {
  makeHealthReferences,
  readHealthReferences,
  readLabelSetsNaming,
  type HealthReference,
  type LabelSetsNaming,
} from '@cpemon/store';

export interface SurroundingsOptions {
  run: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
  logger: Logger;
  /** Epoch ms. */
  now: () => number;
}

/** What rules ask about labels and other firmwares, read now and then; nothing where no rule asks. */
export interface HealthSurroundingsWatch {
  ofRules(rules: readonly HealthRule[]): HealthSurroundings;
  refresh(): Promise<void>;
}

const DAY_MS = 86_400_000;
const LABELS_EVERY_MS = 10_000;
const REFERENCES_EVERY_MS = 10 * 60_000;
/** A model of which no firmware was heard for longer than this has no others to compare with. */
const REFERENCE_DAYS = 7;

const NO_LABELS: ReadonlyMap<string, string> = new Map();

type OfModel = Map<number, { firmware: string; devices: number; mean: number }[]>;

export function createHealthSurroundings({ run, logger, now }: SurroundingsOptions): HealthSurroundingsWatch {
  let labelNames: string[] = [];
  let compared: string[] = [];
  let labels: LabelSetsNaming | undefined;
  let ofModels = new Map<string, OfModel>();
  let labelsReadAt = -Infinity;
  let referencesReadAt = -Infinity;

  const labelsOf: HealthSurroundings['labelsOf'] = (labelSetId) =>
    labels === undefined || labelSetId > labels.upTo ? undefined : (labels.sets.get(labelSetId) ?? NO_LABELS);
  const otherFirmwares: HealthSurroundings['otherFirmwares'] = (metric, model, firmware, at) => {
    const days = ofModels.get(keyOf(metric, model));
    if (days === undefined) return null;
    const today = Math.floor(at / DAY_MS);
    for (let day = today - 1; day >= today - REFERENCE_DAYS; day -= 1) {
      const others = days.get(day)?.filter((each) => each.firmware !== firmware) ?? [];
      const devices = others.reduce((sum, each) => sum + each.devices, 0);
      if (devices > 0) return others.reduce((sum, each) => sum + each.mean * each.devices, 0) / devices;
    }
    return null;
  };

  return {
    ofRules(rules) {
      const labelled = rules.flatMap(({ scope }) => [...(scope?.labels?.keys() ?? [])]);
      labelNames = [...new Set(labelled)];
      compared = [
        ...new Set(rules.filter(({ compare }) => compare === 'other_firmware').map(({ metric }) => metric)),
      ];
      labelsReadAt = referencesReadAt = -Infinity;
      labels = undefined;
      return { labelsOf, otherFirmwares };
    },
    async refresh() {
      const at = now();
      try {
        if (labelNames.length > 0 && at - labelsReadAt >= LABELS_EVERY_MS) {
          labels = await run((connection) => readLabelSetsNaming(connection, labelNames));
          labelsReadAt = at;
        }
        if (compared.length > 0 && at - referencesReadAt >= REFERENCES_EVERY_MS) {
          const firstDay = Math.floor(at / DAY_MS) - REFERENCE_DAYS;
          ofModels = byModel(
            await run(async (connection) => {
              await makeHealthReferences(connection, compared, at);
              return readHealthReferences(connection, firstDay);
            }),
          );
          referencesReadAt = at;
        }
      } catch (error) {
        logger.warn({ err: error }, 'What health rules compare devices with is not up to date');
      }
    },
  };
}

const keyOf = (metric: string, model: string): string => `${metric}\n${model}`;

function byModel(references: readonly HealthReference[]): Map<string, OfModel> {
  const models = new Map<string, OfModel>();
  for (const { day, metric, model, firmware, devices, mean } of references) {
    const key = keyOf(metric, model);
    let days = models.get(key);
    if (days === undefined)
      models.set(key, (days = new Map<number, { firmware: string; devices: number; mean: number }[]>()));
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [{ firmware, devices, mean }]);
    else ofDay.push({ firmware, devices, mean });
  }
  return models;
}
