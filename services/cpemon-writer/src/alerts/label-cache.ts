import type { Connection } from '@cpemon/database';
import { labelsOfSets } from '@cpemon/store';
import { groupText, type AlertLabels } from '@cpemon/alerts';

/** Labels of label sets, which never change; those used least lately are forgotten. */
export interface LabelCache {
  /** Reads those that are not known yet. */
  load(connection: Connection, labelSetIds: Iterable<number>): Promise<void>;
  /** Of a set that was loaded; 0, or one that was not: no labels. */
  labels(labelSetId: number): AlertLabels;
  /** `groupText` of each of the labels that it has. */
  groups(labelSetId: number, labels: readonly string[]): readonly string[];
}

/** About 1 KiB each. */
const SETS_REMEMBERED = 100_000;
const NO_LABELS: AlertLabels = {};

export function createLabelCache(): LabelCache {
  const known = new Map<number, AlertLabels>();
  const groups = new Map<number, readonly string[]>();
  let groupedBy: readonly string[] = [];
  return {
    async load(connection, labelSetIds) {
      const missing = new Set<number>();
      for (const id of labelSetIds) if (id !== 0 && !known.has(id)) missing.add(id);
      if (missing.size === 0) return;
      if (known.size + missing.size > SETS_REMEMBERED) {
        known.clear();
        groups.clear();
      }
      const read = await labelsOfSets(connection, [...missing]);
      for (const id of missing) known.set(id, Object.fromEntries(read.get(id) ?? []));
    },
    labels: (labelSetId) => known.get(labelSetId) ?? NO_LABELS,
    groups(labelSetId, labels) {
      if (groupedBy !== labels) {
        groups.clear();
        groupedBy = labels;
      }
      let found = groups.get(labelSetId);
      if (found === undefined) {
        const own = known.get(labelSetId) ?? NO_LABELS;
        found = labels.flatMap((label) => {
          const value = own[label];
          return value === undefined ? [] : [groupText({ label, value })];
        });
        groups.set(labelSetId, found);
      }
      return found;
    },
  };
}
