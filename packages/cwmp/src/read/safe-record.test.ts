import { emptyRecord, setEntry } from './safe-record.js';

test('no name of an entry reaches a prototype', () => {
  const record = emptyRecord<object>();
  for (const name of ['__proto__', 'constructor', 'toString', 'a']) setEntry(record, name, { evil: true });
  const copy: object = Object.assign({}, record);
  expect(Object.keys(record)).toEqual(['constructor', 'toString', 'a']);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(({} as { evil?: boolean }).evil).toBeUndefined();
});
