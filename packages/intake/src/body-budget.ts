import { SINGLE_BODY_BYTES } from '@cpemon/contracts';

/** What all bodies that are on their way in may hold of the process's memory together. */
export interface BodyBudget {
  /** @param bodyLimit how large the body may become. @returns false when there is no room for the bytes */
  take(bytes: number, bodyLimit: number): boolean;
  give(bytes: number): void;
  /** Bytes held now. */
  held(): number;
}

const BUDGET_BYTES = 64 * 1024 * 1024;
/** Bodies of many events leave this part to those of one, so that a few large senders keep no device out. */
const SHARE_OF_LARGE = 0.7;

export function createBodyBudget(budgetBytes = BUDGET_BYTES): BodyBudget {
  let held = 0;
  return {
    take(bytes, bodyLimit) {
      const most = bodyLimit > SINGLE_BODY_BYTES ? budgetBytes * SHARE_OF_LARGE : budgetBytes;
      if (held + bytes > most) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    held: () => held,
  };
}

/** Of this process: however many routes and servers it has, there is one memory. */
export const PROCESS_BODY_BUDGET = createBodyBudget();
