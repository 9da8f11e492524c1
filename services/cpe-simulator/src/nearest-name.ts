/** Of these names the one with the fewest characters to change; undefined when there is none. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let fewest = Infinity;
  for (const name of names) {
    const changes = name.includes(wanted) ? 0 : changesBetween(wanted.toLowerCase(), name.toLowerCase());
    if (changes < fewest) [nearest, fewest] = [name, changes];
  }
  return nearest;
}

/** "'dls' is no access; the nearest is 'dsl'" */
export function unknownName(what: string, wanted: string, names: readonly string[]): string {
  const nearest = nearestName(wanted, names);
  return `'${wanted}' is no ${what}${nearest === undefined ? '' : `; the nearest is '${nearest}'`}`;
}

/** Levenshtein distance. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
