import { decodeXmlText, messageOf, readEnvelope } from '@cpemon/cwmp';
import { treeBySax } from '../../bench/src/inform-parse/sax-tree';
import { treeByXml2js } from '../../bench/src/inform-parse/xml2js-tree';
import { CWMP_CORPUS } from '../corpus/cwmp';

const WELL_FORMED = CWMP_CORPUS.flatMap(([group, rows]) =>
  rows.filter(({ malformed }) => malformed !== true).map((row) => [`${group}: ${row.name}`, row] as const),
);

describe.each([
  ['xml2js', treeByXml2js],
  ['sax', treeBySax],
])('%s reads like our parser', (_parser, treeOf) => {
  test.each(WELL_FORMED)('%s', (_name, { body, contentType = 'text/xml' }) => {
    const text = decodeXmlText(body, contentType);
    const read = readEnvelope(body, contentType);
    if (typeof text !== 'string') {
      expect(read).toEqual(text);
      return;
    }
    const root = treeOf(text);
    expect(root).toBeDefined();
    expect(messageOf(root!)).toEqual(read);
  });
});
