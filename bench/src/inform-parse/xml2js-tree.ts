import type { NamespaceScope, XmlElement } from '@cpemon/cwmp';
import { Parser } from 'xml2js';

const DEPTH = 32;
const ELEMENTS = 65_536;

/** What xml2js makes of an element: its text where that is all, else children by name, text in `_`, attributes in `$`. */
type Parsed = string | { [name: string]: Parsed[] };

/** What sax, on which it is built, offers and xml2js does not. */
interface SaxHooks {
  onopentag: (node: unknown) => void;
  ondoctype: () => void;
  onprocessinginstruction: (instruction: { name: string }) => void;
}

/** As it comes: the fastest of its settings that were tried. Resolving namespaces itself, it takes twice as long. */
const parser = new Parser();

/** The tree of a document by xml2js, with the bounds of our own parser; undefined for what it refuses. */
export function treeByXml2js(text: string): XmlElement | undefined {
  let root: XmlElement | undefined;
  let elements = 0;
  let depth = 0;
  let refused = false;
  const hooks = (parser as unknown as { saxParser: SaxHooks & { onclosetag: () => void } }).saxParser;
  const { onopentag, onclosetag } = hooks;
  hooks.ondoctype = () => (refused = true);
  hooks.onprocessinginstruction = ({ name }) => (refused ||= name !== 'xml');
  hooks.onopentag = (node) => {
    elements += 1;
    depth += 1;
    if (elements > ELEMENTS || depth > DEPTH) refused = true;
    onopentag(node);
  };
  hooks.onclosetag = () => {
    depth -= 1;
    onclosetag();
  };
  parser.parseString(text, (error: Error | null, result: Record<string, Parsed> | null) => {
    if (error !== null || result === null || refused) return;
    const [name] = Object.keys(result);
    if (name !== undefined) root = elementOf(name, result[name]!, undefined);
  });
  return root;
}

function elementOf(name: string, parsed: Parsed, outer: NamespaceScope | undefined): XmlElement {
  const element: XmlElement = {
    name,
    localName: name.slice(name.indexOf(':') + 1),
    scope: outer,
    type: undefined,
    text: '',
    children: [],
  };
  if (typeof parsed === 'string') {
    element.text = parsed;
    return element;
  }
  const attributes = parsed.$ as unknown as Record<string, string> | undefined;
  for (const attribute in attributes) {
    const value = attributes[attribute]!;
    if (attribute.startsWith('xmlns')) {
      element.scope = { prefix: attribute.slice(6), uri: value, outer: element.scope };
    } else if (attribute.endsWith(':type')) element.type = value;
  }
  const children = element.children as XmlElement[];
  for (const key in parsed) {
    if (key === '$') continue;
    if (key === '_') element.text = parsed._ as unknown as string;
    else for (const child of parsed[key]!) children.push(elementOf(key, child, element.scope));
  }
  if (children.length > 0) element.text = '';
  return element;
}
