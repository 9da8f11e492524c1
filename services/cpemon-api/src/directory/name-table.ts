/** Numbers for names that many devices share: models, firmwares, sources. 0 is the empty name, and none. */
export interface NameTable {
  numberOf(name: string): number;
  /** Undefined: no device has it. */
  find(name: string): number | undefined;
  nameOf(number: number): string;
  count(): number;
}

export function createNameTable(): NameTable {
  const names = [''];
  const numbers = new Map([['', 0]]);
  return {
    numberOf(name) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.push(name) - 1;
        numbers.set(name, number);
      }
      return number;
    },
    find: (name) => numbers.get(name),
    nameOf: (number) => names[number] ?? '',
    count: () => names.length,
  };
}
