/** The part of pino's logger that the event log uses. */
export interface EventLogLogger {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

export const NO_LOG: EventLogLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
