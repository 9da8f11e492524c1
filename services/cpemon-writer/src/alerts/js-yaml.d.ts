/** What is used here of js-yaml, which comes without types. */
declare module 'js-yaml' {
  /** The one document of a text; JSON is one. @throws on what is no YAML */
  export function load(text: string): unknown;
}
