/** What is used here of js-yaml, which comes without types. */
declare module 'js-yaml' {
  export interface State {
    /** Of the text, from 0. */
    line: number;
    /** The value of the node that was read last. */
    result: unknown;
  }
  export interface LoadOptions {
    schema?: object;
    /** Called where a node begins and where it ends. */
    listener?: (this: State, event: 'open' | 'close', state: State) => void;
  }
  /** The one document of a text. @throws YAMLException */
  export function load(text: string, options?: LoadOptions): unknown;
  /** Numbers, booleans, null and texts: no dates. */
  export const CORE_SCHEMA: object;
  export class YAMLException extends Error {
    reason: string;
    mark?: { line: number; column: number };
  }
}
