import { refuseIfWrong } from '../benchmark.js';
import { booksDiffer, countRecordedEvents, readLogBooks } from './log-books.js';
import type { ExpectedState } from './expected-state.js';
import type { PrivateStack } from './private-stack.js';
import { watchDrain } from './watch-drain.js';

/**
 * Checks that the log holds exactly the expected events, lets a writer apply what waits, and checks that all of it
 * and nothing else arrived.
 * @throws WrongResult
 */
export async function applyAndCheck(stack: PrivateStack, expected: ExpectedState): Promise<void> {
  const connection = await stack.connect();
  const before = await readLogBooks(connection);
  const recorded = await countRecordedEvents(connection);
  refuseIfWrong([
    ...(before.accepted === expected.total()
      ? []
      : [`the lanes' heads say ${before.accepted} events, ${expected.total()} were accepted`]),
    ...(recorded === expected.total()
      ? []
      : [`the log's records hold ${recorded} events, ${expected.total()} were accepted`]),
  ]);
  const writer = await stack.spawnWriter();
  if (before.applied < expected.total()) {
    await watchDrain(connection, before.applied, expected.total() - before.applied);
  }
  await stack.stop(writer);
  await checkApplied(stack, expected);
}

/** @throws WrongResult unless everything expected is applied and the devices' state is what it should be */
export async function checkApplied(stack: PrivateStack, expected: ExpectedState): Promise<void> {
  const connection = await stack.connect();
  const books = await readLogBooks(connection);
  refuseIfWrong([
    ...booksDiffer(books, expected.total(), expected.doubtful()),
    ...(await expected.check(connection)),
  ]);
}
