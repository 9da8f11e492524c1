/** What these tests use of js-yaml. */
declare module 'js-yaml' {
  /** Every document of a text. @throws on a duplicate key and whatever else is no YAML */
  export function loadAll(text: string): unknown[];
}
