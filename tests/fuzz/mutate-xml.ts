import type { Random } from '../chaos/random';
import { nastyText } from './nasty-values';
import { indexBelow, pick } from './pick';

/** Tags, and the texts between them. */
const TOKEN = /<[^>]*>|[^<]+/g;

type Mutation = (random: Random, tokens: string[]) => void;

const INSERTIONS: readonly string[] = [
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<!ENTITY xxe SYSTEM "file:///etc/passwd">',
  '<?php echo 1 ?>',
  '<?xml version="1.0" encoding="UTF-16"?>',
  '<?xml version="1.0" encoding="ISO-8859-1"?>',
  '<!-- a comment -->',
  '<!--',
  '<![CDATA[ <raw> & ]]>',
  '<![CDATA[',
  '</soap:Envelope>',
  '<Name>',
  '<Value xsi:type="xsd:string"/>',
  '<FaultStruct><FaultCode>9010</FaultCode></FaultStruct>',
  '<ParameterValueStruct><Name>__proto__</Name><Value>1</Value></ParameterValueStruct>',
  '<ParameterValueStruct><Name>Device.DeviceInfo.UpTime</Name><Value>x</Value></ParameterValueStruct>',
  '<EventStruct><EventCode>1 BOOT</EventCode><CommandKey/></EventStruct>',
];
const NAMES: readonly string[] = [
  'Inform',
  'cwmp:TransferComplete',
  'cwmp:Fault',
  'GetParameterValuesResponse',
  'X_Response',
  'soap:Body',
  '__proto__',
  'a:b:c',
  '1a',
];
const ATTRIBUTES: readonly string[] = [
  ' xmlns="urn:dslforum-org:cwmp-1-4"',
  ' xmlns:cwmp="urn:x"',
  ' xmlns:cwmp=""',
  ' xsi:type="xsd:dateTime"',
  " type='int'",
  ' xsi:type=int',
  ' checked',
  ' a="',
  ' soapenc:arrayType="cwmp:EventStruct[99999999999]"',
];

const isTag = (token: string): boolean => token.startsWith('<');

/** The end of the element that begins at `start`: behind its end tag, as far as tags can be paired. */
function endOfElement(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at]!;
    if (!isTag(token) || token.startsWith('<!') || token.startsWith('<?') || token.endsWith('/>')) {
      if (depth === 0) return at + 1;
    } else if (token.startsWith('</')) {
      depth -= 1;
      if (depth <= 0) return at + 1;
    } else depth += 1;
  }
  return tokens.length;
}

/** An element anywhere, at most so long that copies of it stay within what is sent. */
function someElement(random: Random, tokens: readonly string[]): { start: number; end: number } {
  const start = indexBelow(random, tokens.length);
  return { start, end: Math.min(endOfElement(tokens, start), start + 400) };
}

const dropElement: Mutation = (random, tokens) => {
  const { start, end } = someElement(random, tokens);
  tokens.splice(start, end - start);
};
const repeatElement: Mutation = (random, tokens) => {
  const { start, end } = someElement(random, tokens);
  const copy = tokens.slice(start, end).join('');
  const most = Math.max(1, Math.floor(400_000 / (copy.length + 1)));
  const times = Math.min(most, pick(random, [1, 2, 3, 31, 32, 64, 65, 500, 4001]));
  tokens.splice(end, 0, copy.repeat(times));
};
const moveElement: Mutation = (random, tokens) => {
  const { start, end } = someElement(random, tokens);
  const moved = tokens.splice(start, end - start);
  tokens.splice(indexBelow(random, tokens.length + 1), 0, ...moved);
};
const dropToken: Mutation = (random, tokens) => {
  tokens.splice(indexBelow(random, tokens.length), 1);
};
const insertPiece: Mutation = (random, tokens) => {
  tokens.splice(indexBelow(random, tokens.length + 1), 0, pick(random, INSERTIONS));
};
const wrapElement: Mutation = (random, tokens) => {
  const { start, end } = someElement(random, tokens);
  const depth = pick(random, [1, 5, 30, 100, 2000]);
  tokens.splice(end, 0, '</w>'.repeat(depth));
  tokens.splice(start, 0, '<w>'.repeat(depth));
};
const replaceText: Mutation = (random, tokens) => {
  const texts = tokens.flatMap((token, at) => (isTag(token) || token.trim() === '' ? [] : [at]));
  if (texts.length > 0) tokens[pick(random, texts)] = nastyText(random);
};
const fillElement: Mutation = (random, tokens) => {
  const at = indexBelow(random, tokens.length);
  tokens.splice(at + 1, 0, nastyText(random));
};
const renameTag: Mutation = (random, tokens) => {
  const at = indexBelow(random, tokens.length);
  tokens[at] = tokens[at]!.replace(/[^\s<>/]+/, pick(random, NAMES));
};
const renameElement: Mutation = (random, tokens) => {
  const { start, end } = someElement(random, tokens);
  const name = pick(random, NAMES);
  tokens[start] = tokens[start]!.replace(/[^\s<>/]+/, name);
  if (tokens[end - 1]?.startsWith('</') === true) tokens[end - 1] = `</${name}>`;
};
const addAttribute: Mutation = (random, tokens) => {
  const at = indexBelow(random, tokens.length);
  const attribute = pick(random, [...ATTRIBUTES, ` a="${nastyText(random).replaceAll('"', '')}"`]);
  tokens[at] = tokens[at]!.replace(/(\/?>)$/, `${attribute.replaceAll('$', '$$$$')}$1`);
};
const changeQuotes: Mutation = (random, tokens) => {
  const at = indexBelow(random, tokens.length);
  tokens[at] = tokens[at]!.replaceAll('"', pick(random, ["'", '', '""']));
};
const changeNamespace: Mutation = (random, tokens) => {
  const by = pick(random, ['urn:dslforum-org:cwmp-1-4', 'urn:dslforum-org:cwmp-9-9', 'urn:y', '']);
  for (const [at, token] of tokens.entries()) tokens[at] = token.replace(/urn:dslforum-org:[\w-]+/, by);
};
const secondDocument: Mutation = (_random, tokens) => {
  if (tokens.length < 500) tokens.push(...tokens);
};

const MUTATIONS: readonly Mutation[] = [
  ...[dropElement, repeatElement, moveElement, dropToken, insertPiece, wrapElement, replaceText, replaceText],
  ...[replaceText, fillElement, renameTag, renameElement, addAttribute, changeQuotes, changeNamespace],
  secondDocument,
];

/** The document with some things changed that an XML parser, or a reader of CWMP, has an opinion on. */
export function mutateXml(random: Random, xml: string): string {
  const tokens = xml.match(TOKEN) ?? [''];
  for (let left = 1 + indexBelow(random, 4); left > 0 && tokens.length > 0; left -= 1) {
    pick(random, MUTATIONS)(random, tokens);
  }
  return tokens.join('');
}
