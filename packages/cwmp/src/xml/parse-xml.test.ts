import { isRefusal } from '@cpemon/contracts';
import { parseXml } from './parse-xml.js';
import type { XmlElement } from './xml-element.js';
import { childOf, findNamespace, namespaceOf, textOf } from './xml-element.js';

const parse = (text: string): XmlElement => {
  const root = parseXml(text);
  if (isRefusal(root)) throw new Error(root.detail);
  return root;
};
const refusalOf = (text: string): string | undefined => {
  const root = parseXml(text);
  return isRefusal(root) ? root.code : undefined;
};

test('elements, texts and types', () => {
  const root = parse('<a x="1"><p:b xsi:type="xsd:int">1</p:b> <c type=\'t\'/><c>2 &lt; 3</c></a>');
  expect(root).toMatchObject({ name: 'a', localName: 'a', type: undefined, text: '' });
  expect(root.children.map(({ localName, type, text }) => [localName, type, text])).toEqual([
    ['b', 'xsd:int', '1'],
    ['c', 't', ''],
    ['c', undefined, '2 < 3'],
  ]);
  expect(textOf(root, 'b')).toBe('1');
  expect(childOf(root, 'd')).toBeUndefined();
  expect(textOf(undefined, 'b')).toBe('');
});

test('a namespace is the innermost declared for a prefix', () => {
  const root = parse('<p:a xmlns:p="one" xmlns="zero"><b/><p:c xmlns:p="two"><p:d/></p:c><q:e/></p:a>');
  const [b, c, e] = root.children;
  expect([root, b!, c!, c!.children[0]!, e!].map(namespaceOf)).toEqual([
    'one',
    'zero',
    'two',
    'two',
    undefined,
  ]);
  expect(findNamespace(c!, (uri) => uri === 'one')).toBe('one');
  expect(findNamespace(b!, (uri) => uri === 'two')).toBeUndefined();
});

test('what is declared in an element does not reach its neighbours', () => {
  const root = parse('<a><b xmlns:p="one"/><p:c/></a>');
  expect(namespaceOf(root.children[1]!)).toBeUndefined();
});

test('attributes that only look like types or declarations are none', () => {
  const root = parse('<a mytype="x" xmlnsx="y" subtype="z" type2="w"/>');
  expect(root).toMatchObject({ type: undefined, scope: undefined });
});

test('each bound is reached and not passed', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  expect([refusalOf(nested(32)), refusalOf(nested(33))]).toEqual([undefined, 'too_deep']);
  const leaf = (depth: number) => `${'<a>'.repeat(depth - 1)}<b/>${'</a>'.repeat(depth - 1)}`;
  expect([refusalOf(leaf(32)), refusalOf(leaf(33))]).toEqual([undefined, 'too_deep']);
  const wide = (elements: number) => `<a>${'<b/>'.repeat(elements - 1)}</a>`;
  expect([refusalOf(wide(65_536)), refusalOf(wide(65_537))]).toEqual([undefined, 'event_too_large']);
  const text = (characters: number) => `<a>${'x'.repeat(characters)}</a>`;
  expect([refusalOf(text(65_536)), refusalOf(text(65_537))]).toEqual([undefined, 'event_too_large']);
  const value = (characters: number) => `<a b="${'x'.repeat(characters)}"/>`;
  expect([refusalOf(value(4096)), refusalOf(value(4097))]).toEqual([undefined, 'event_too_large']);
  const name = (characters: number) => `<${'n'.repeat(characters)}/>`;
  expect([refusalOf(name(256)), refusalOf(name(257))]).toEqual([undefined, 'event_too_large']);
});

test('text of one element in many pieces is one text', () => {
  expect(parse('<a>1<!-- 2 -->3<![CDATA[<4&amp;>]]>5&amp;</a>').text).toBe('13<4&amp;>5&');
});

test('what was cut out of a reference is not put together again', () => {
  expect(parse('<a>&am<!-- -->p;lt;</a>').text).toBe('&amp;lt;');
  expect(parse('<a>&am<![CDATA[p;]]>lt;</a>').text).toBe('&amp;lt;');
});

test.each([
  ['end tags that nobody closes', '<a></'.repeat(100_000)],
  ['quotes that nobody closes', '<a b="'.repeat(100_000)],
  ['attributes without an end', `<a ${'b="" '.repeat(100_000)}`],
  ['comments that nobody closes', '<!--'.repeat(100_000)],
  ['CDATA that nobody closes', `<a>${'<![CDATA['.repeat(100_000)}`],
  ['"&" upon "&"', `<a>${`&${'a'.repeat(63)}`.repeat(1000)}</a>`],
  ['references upon references', `<a>${`<b>${'&#1;&lt;'.repeat(8000)}</b>`.repeat(15)}</a>`],
  ['comments upon comments', `<a>${'x<!---->'.repeat(30_000)}</a>`],
  ['space', `<a ${' '.repeat(500_000)}`],
  ['space in front of a declaration', ' '.repeat(500_000)],
  ['declarations of namespaces', `<a ${'xmlns:a="b" '.repeat(32)}>${'<a:b/>'.repeat(60_000)}</a>`],
])('%s are worked off in time', (_name, text) => {
  const startedAt = performance.now();
  parseXml(text);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
