/** A record for names that somebody else chose: it inherits nothing, so "constructor" is a name like any other. */
export const emptyRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/** Sets an entry, unless its name would become the prototype of a copy that somebody makes of the record. */
export function setEntry<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') record[name] = value;
}
