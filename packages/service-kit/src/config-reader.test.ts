import { ConfigError, createConfigReader } from './config-reader.js';

const problemsOf = (read: () => void): readonly string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the config reader', () => {
  it('reads each kind of value, trimmed', () => {
    const reader = createConfigReader({
      NAME: ' web ',
      COUNT: '12',
      SHARE: '0.25',
      FLAG: 'Yes',
      TOKENS: 'a, b,,c ',
      URL: 'http://127.0.0.1:1/',
    });
    expect(reader.string('NAME')).toBe('web');
    expect(reader.integer('COUNT', { min: 1, max: 12 })).toBe(12);
    expect(reader.number('SHARE')).toBe(0.25);
    expect(reader.boolean('FLAG')).toBe(true);
    expect(reader.list('TOKENS')).toEqual(['a', 'b', 'c']);
    expect(reader.parsed('URL', (text) => new URL(text).port)).toBe('1');
    reader.finish();
  });

  it('takes defaults for what is unset or empty', () => {
    const reader = createConfigReader({ EMPTY: '', BLANK: '  ' });
    expect(reader.string('EMPTY', { default: 'x' })).toBe('x');
    expect(reader.integer('BLANK', { default: 0 })).toBe(0);
    expect(reader.boolean('MISSING', { default: false })).toBe(false);
    expect(reader.list('MISSING', { default: [] })).toEqual([]);
    expect(reader.optionalString('MISSING')).toBeUndefined();
    reader.finish();
  });

  it('reports every problem at once, naming variable and reason', () => {
    const problems = problemsOf(() => {
      const reader = createConfigReader({
        PORT: '10abc',
        SHARE: '1.5',
        FLAG: 'maybe',
        LEVEL: 'loud',
        LIST: ' , ',
      });
      reader.integer('PORT');
      reader.number('SHARE', { min: 0, max: 1 });
      reader.boolean('FLAG');
      reader.string('LEVEL', { oneOf: ['info', 'warn'] });
      reader.list('LIST');
      reader.string('DATABASE_URL');
      reader.finish();
    });
    expect(problems).toEqual([
      'PORT must be a whole number (it is "10abc")',
      'SHARE must be from 0 to 1 (it is "1.5")',
      'FLAG must be true or false (it is "maybe")',
      'LEVEL must be one of info, warn (it is "loud")',
      'LIST must name at least one value (it is ",")',
      'DATABASE_URL is required',
    ]);
  });

  it.each(['10abc', '1e3', '0x10', '1.0', 'Infinity', '12345678901234567890', '1 2'])(
    'does not take %s for a whole number',
    (text) => {
      const reader = createConfigReader({ N: text });
      reader.integer('N');
      expect(() => reader.finish()).toThrow('N must be a whole number');
    },
  );

  it('never shows the value of a secret', () => {
    const problems = problemsOf(() => {
      const reader = createConfigReader({ A: 'hunter2', B: 'hunter2', C: ',' });
      reader.string('A', { secret: true, pattern: /^\d+$/ });
      reader.parsed(
        'B',
        () => {
          throw new Error('is not good');
        },
        { secret: true },
      );
      reader.list('C', { secret: true });
      reader.finish();
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
    expect(problems[1]).toBe('B is not good (it is [secret])');
  });
});
