import type { LabelPairs } from '@cpemon/store';

/** Which label sets have a label with a value. */
export interface LabelIndex {
  /** Whether the labels of a set are known. 0, no labels, is. */
  knows(labelSetId: number): boolean;
  add(labelSetId: number, labels: LabelPairs): void;
  /** Sets that have all of some labels; null: no label is asked for. */
  setsWith(labels: Readonly<Record<string, string>>): ReadonlySet<number> | null;
  /** The value of one label by set; sets without it are left out. */
  valuesOf(name: string): Map<number, string>;
}

export function createLabelIndex(): LabelIndex {
  const known = new Set([0]);
  const sets = new Map<string, Set<number>>();
  const NONE: ReadonlySet<number> = new Set();
  const keyOf = (name: string, value: string): string => `${name}\n${value}`;
  return {
    knows: (labelSetId) => known.has(labelSetId),
    add(labelSetId, labels) {
      known.add(labelSetId);
      for (const [name, value] of labels) {
        const key = keyOf(name, value);
        const having = sets.get(key);
        if (having === undefined) sets.set(key, new Set([labelSetId]));
        else having.add(labelSetId);
      }
    },
    setsWith(labels) {
      const [first, ...others] = Object.entries(labels)
        .map(([name, value]) => sets.get(keyOf(name, value)) ?? NONE)
        .sort((one, other) => one.size - other.size);
      if (first === undefined) return null;
      if (others.length === 0) return first;
      return new Set([...first].filter((id) => others.every((having) => having.has(id))));
    },
    valuesOf(name) {
      const values = new Map<number, string>();
      for (const [key, having] of sets) {
        if (!key.startsWith(`${name}\n`)) continue;
        for (const set of having) values.set(set, key.slice(name.length + 1));
      }
      return values;
    },
  };
}
