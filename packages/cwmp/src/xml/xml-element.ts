/** What of an XML document is of use: elements, their texts and their types. Other attributes are not kept. */
export interface XmlElement {
  /** As sent, with its prefix. */
  name: string;
  localName: string;
  /** The namespaces that it and the elements around it declare. */
  scope: NamespaceScope | undefined;
  /** Its attribute `type` of any prefix, as sent (`xsd:string`). */
  type: string | undefined;
  /** Of an element without child elements, with references resolved, not trimmed; else empty. */
  text: string;
  children: readonly XmlElement[];
}

/** One declaration `xmlns:prefix="uri"` and those around it; looked at from the innermost outwards. */
export interface NamespaceScope {
  /** Empty for `xmlns="uri"`. */
  prefix: string;
  uri: string;
  outer: NamespaceScope | undefined;
}

/** The namespace of an element, or undefined where its prefix is not declared. */
export function namespaceOf(element: XmlElement): string | undefined {
  const { name, localName } = element;
  const prefix = name.length === localName.length ? '' : name.slice(0, name.length - localName.length - 1);
  for (let scope = element.scope; scope !== undefined; scope = scope.outer) {
    if (scope.prefix === prefix) return scope.uri;
  }
  return undefined;
}

/** The innermost namespace in force at an element that `accepts` takes, under whatever prefix. */
export function findNamespace(element: XmlElement, accepts: (uri: string) => boolean): string | undefined {
  for (let scope = element.scope; scope !== undefined; scope = scope.outer) {
    if (accepts(scope.uri)) return scope.uri;
  }
  return undefined;
}

/** The first child of that local name, whatever its prefix: devices use all kinds, and none. */
export function childOf(element: XmlElement | undefined, localName: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  for (const child of element.children) if (child.localName === localName) return child;
  return undefined;
}

/** The trimmed text of that child; empty where there is none. */
export function textOf(element: XmlElement | undefined, localName: string): string {
  return childOf(element, localName)?.text.trim() ?? '';
}
