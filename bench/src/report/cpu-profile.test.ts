import { topFunctions } from './cpu-profile.js';

it('adds up the time of each function and leaves idle time out of the shares', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });
  const lines = topFunctions(
    {
      nodes: [
        { id: 1, callFrame: frame('(idle)', '') },
        { id: 2, callFrame: frame('encode', '/x/packages/event-log/dist/mysql/append/appender.js') },
        { id: 3, callFrame: frame('encode', '/x/packages/event-log/dist/mysql/append/appender.js') },
        { id: 4, callFrame: frame('', 'node:net') },
      ],
      samples: [1, 2, 3, 4],
      timeDeltas: [5_000_000, 500_000, 250_000, 250_000],
    },
    2,
  );
  expect(lines).toEqual([
    'busy for 1.0 s',
    ' 75.0 %  encode  event-log/dist/mysql/append/appender.js:10',
    ' 25.0 %  (anonymous)  node:net:10',
  ]);
});
