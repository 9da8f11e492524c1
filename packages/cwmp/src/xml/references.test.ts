import { resolveReferences } from './references.js';

test.each([
  ['', ''],
  ['plain', 'plain'],
  ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
  ['&#65;&#x42;&#X43;&#x1F600;', 'ABC\u{1F600}'],
  ['&amp;lt;', '&lt;'],
  ['&#38;lt;', '&lt;'],
  ['a=1&b=2', 'a=1&b=2'],
  ['& && &; &#; &#x; &#xG;', '& && &; &#; &#x; &#xG;'],
  ['&#0;&#xB;&#xDFFF;&#xFFFE;&#x110000;&#99999999;', '\ufffd'.repeat(6)],
  ['&#9;&#10;&#13;', '\t\n\r'],
])('%p means %p', (text, resolved) => {
  expect(resolveReferences(text)).toBe(resolved);
});

test.each(['&nbsp;', 'a &xxe; b', '&LT;', '&toString;', '&__proto__;'])('%p is refused', (text) => {
  expect(resolveReferences(text)).toMatchObject({ code: 'forbidden_xml' });
});
