import { decodeXmlText } from './decode-text.js';

const LATIN = Buffer.from([0x3c, 0xe4, 0x80]);

test.each([
  ['text/xml; charset=ISO-8859-1', LATIN, '<ä€'],
  ["text/xml; charset='Latin1'", LATIN, '<ä€'],
  ['text/xml ;Charset = "cp1252" ', LATIN, '<ä€'],
  [undefined, LATIN, '<ä€'],
  ['text/xml; charset=', LATIN, '<ä€'],
  ['text/xml; charset=UTF-8', LATIN, '<\ufffd'],
  ['text/xml; charset=utf8', Buffer.from('<ä€'), '<ä€'],
  ['', Buffer.from('<ä€'), '<ä€'],
])('%p', (contentType, body, text) => {
  expect(decodeXmlText(body, contentType)).toBe(text);
});

test.each(['utf-16', 'utf-7', 'ebcdic-cp-us', 'x', '__proto__', 'constructor'])(
  'charset %s is not taken',
  (charset) => {
    expect(decodeXmlText(LATIN, `text/xml; charset=${charset}`)).toMatchObject({
      code: 'unsupported_charset',
    });
  },
);

test('the bytes from 0x80 to 0x9F are those of Windows-1252, the others those of ISO-8859-1', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  const special = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
  const text = bytes.toString('latin1');
  expect(decodeXmlText(bytes, 'text/xml; charset=windows-1252')).toBe(
    text.slice(0, 0x80) + special + text.slice(0xa0),
  );
});

test('a body of nothing but such bytes is decoded in time', () => {
  const startedAt = performance.now();
  decodeXmlText(Buffer.alloc(1024 * 1024, 0x93), 'text/xml; charset=windows-1252');
  expect(performance.now() - startedAt).toBeLessThan(200);
});
