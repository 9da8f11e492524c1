import { parser as createSaxParser } from 'sax';
import { REDACTED } from '@cpemon/contracts';
import { hidesItsValue, namesSecret } from './secret-places.js';

/** Deeper than any envelope. */
const DEEPEST = 64;
/** Attributes that say how something is written. */
const NOTATION = /^xmlns(:|$)|(^|:)(type|arrayType|encodingStyle|mustUnderstand)$/;

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

/**
 * XML with its secrets replaced: what stands in an element or attribute of a secret name, and everything beside the
 * name of one (`<Name>…Password</Name><Value>…</Value>`, in whichever order). Comments are left out. Undefined when it
 * is not well-formed, has a document type, or is deeper than any envelope.
 * @param redactText for texts that hold no name
 */
export function redactXml(text: string, redactText: (text: string) => string): string | undefined {
  const root = readTree(text);
  if (root === undefined) return undefined;
  const declaration = /^\s*<\?xml [^?<>]{0,100}\?>/.exec(text)?.[0] ?? '';
  return declaration + root.children.map((each) => written(each, false, redactText)).join('');
}

function readTree(text: string): Element | undefined {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  let isTree = true;
  const reader = createSaxParser(true);
  const addText = (piece: string): void => void open.at(-1)?.children.push(piece);
  reader.onopentag = ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
    if (open.length > DEEPEST) isTree = false;
  };
  reader.onclosetag = () => void open.pop();
  reader.ontext = addText;
  reader.oncdata = addText;
  reader.ondoctype = reader.onsgmldeclaration = () => (isTree = false);
  reader.onprocessinginstruction = ({ name }) => {
    if (name !== 'xml') isTree = false;
  };
  reader.onerror = () => {
    isTree = false;
    reader.error = null as unknown as Error;
  };
  // In pieces, so that a body that is none is not read to its end.
  for (let from = 0; isTree && from < text.length; from += 4096) reader.write(text.slice(from, from + 4096));
  if (isTree) reader.close();
  return isTree ? root : undefined;
}

function written(node: Element | string, isHidden: boolean, redactText: (text: string) => string): string {
  if (typeof node === 'string') {
    if (node.trim() === '') return node;
    return escaped(isHidden ? REDACTED : redactText(node));
  }
  const { name, attributes, children } = node;
  const namingAttribute = Object.keys(attributes).find(
    (each) => !NOTATION.test(each) && namesSecret(attributes[each] ?? '', each),
  );
  const hidesAll = isHidden || hidesItsValue(name) || namingAttribute !== undefined;
  const beside = hidesAll || children.some((child) => typeof child === 'object' && holdsName(child));
  const ownName = children.some((child) => typeof child === 'string' && namesSecret(child, name));

  const attributeText = Object.entries(attributes).map(([key, value]) => {
    const isShown = NOTATION.test(key) || key === namingAttribute || !(hidesAll || hidesItsValue(key));
    return ` ${key}="${escaped(isShown ? redactText(value) : REDACTED).replace(/"/g, '&quot;')}"`;
  });
  const inside = children.map((child) => {
    if (typeof child === 'string') return written(child, hidesAll || (beside && !ownName), redactText);
    return written(child, hidesAll || (beside && !holdsName(child)) || ownName, redactText);
  });
  return `<${name}${attributeText.join('')}>${inside.join('')}</${name}>`;
}

/** Whether all that an element holds is the name of a secret. */
function holdsName({ name, children }: Element): boolean {
  const texts = children.filter((each) => typeof each === 'string');
  return texts.length === children.length && namesSecret(texts.join(''), name);
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
