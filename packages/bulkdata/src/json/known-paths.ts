/** A path, and those below it that have been seen: a fleet sends the same ones with every report. */
export interface KnownPath {
  text: string;
  below: Map<string, KnownPath>;
  /** Of all paths that are remembered together. */
  memory: { count: number };
}

/** A hundred models of five hundred paths. When they are more, all are forgotten, so invented names cost time alone. */
const MOST_PATHS = 50_000;
const LONGEST_NAME = 64;

/** Joining names costs more than all else of an ObjectHierarchy; looking up what was joined before does not. */
export function createKnownPaths(): { root: () => KnownPath } {
  let root = newRoot();
  return {
    root() {
      if (root.memory.count > MOST_PATHS) root = newRoot();
      return root;
    },
  };
}

const newRoot = (): KnownPath => ({ text: '', below: new Map(), memory: { count: 0 } });

/** The path of a name within the object at `path`. */
export function pathBelow(path: KnownPath, name: string): KnownPath {
  const known = path.below.get(name);
  if (known !== undefined) return known;
  const { text, below, memory } = path;
  const separator = text === '' || text.endsWith('.') ? '' : '.';
  const made: KnownPath = { text: text + separator + name, below: new Map(), memory };
  if (memory.count <= MOST_PATHS && name.length <= LONGEST_NAME) {
    below.set(name, made);
    memory.count += 1;
  }
  return made;
}
