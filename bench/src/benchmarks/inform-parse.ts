import { isRefusal } from '@cpemon/contracts';
import { decodeXmlText, messageOf, readEnvelope, type CwmpMessage, type XmlElement } from '@cpemon/cwmp';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { sampleInform } from '../inform-parse/sample-inform.js';
import { treeBySax } from '../inform-parse/sax-tree.js';
import { treeByXml2js } from '../inform-parse/xml2js-tree.js';
import { bodiesPerSecond } from '../load/bodies-per-second.js';
import { alternate, ratioFigure, type RunPair } from '../report/alternating-runs.js';
import type { Figure } from '../report/result-line.js';

/** So many different devices that no text is in any cache twice in a row. */
const DEVICES = 500;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 200, measureMs: 500 },
  short: { pairs: 7, warmUpMs: 500, measureMs: 2000 },
  full: { pairs: 11, warmUpMs: 1000, measureMs: 5000 },
};
const CONTENT_TYPE = 'text/xml; charset=utf-8';

type Reader = (body: Buffer) => CwmpMessage;

/** Informs through the real parser, against the same reading of a tree that xml2js, and that sax, made. */
export const informParse: Benchmark = {
  name: 'inform-parse',
  about: 'Informs of 2.8 kB a second through the parser, against xml2js (and sax) with the same checks',
  async run(context: BenchContext): Promise<Figure[]> {
    const { pairs, warmUpMs, measureMs } = SIZES[context.form];
    const bodies = Array.from({ length: DEVICES }, (_, at) => sampleInform(`BENCH${100_000 + at}`));
    context.say(`${bodies[0]!.length} bytes an Inform`);
    const readers: Record<string, Reader> = {
      ours: readWithOurs,
      xml2js: readWith(treeByXml2js),
      sax: readWith(treeBySax),
    };
    for (const [name, reader] of Object.entries(readers)) refuseUnlessAlike(name, bodies, reader);

    const measure = (name: string): Promise<number> => {
      const rate = bodiesPerSecond(readers[name]!, bodies, warmUpMs, measureMs);
      context.say(`${name}: ${rate.toFixed(0)} Informs/s, ${(1e6 / rate).toFixed(1)} µs each`);
      return Promise.resolve(rate);
    };
    const against = (name: string): Promise<RunPair[]> =>
      alternate(
        pairs,
        () => measure('ours'),
        () => measure(name),
      );
    return [
      ratioFigure('inform-parse', 'informs/s', 'xml2js', await against('xml2js')),
      ratioFigure('inform-parse.sax', 'informs/s', 'sax', await against('sax')),
    ];
  },
};

function readWithOurs(body: Buffer): CwmpMessage {
  const message = readEnvelope(body, CONTENT_TYPE);
  if (isRefusal(message)) throw new WrongResult(message.detail);
  return message;
}

/** The same reader with another way from a text to its tree. */
const readWith =
  (tree: (text: string) => XmlElement | undefined): Reader =>
  (body) => {
    const text = decodeXmlText(body, CONTENT_TYPE);
    const root = typeof text === 'string' ? tree(text) : undefined;
    const message = root === undefined ? undefined : messageOf(root);
    if (message === undefined || isRefusal(message)) throw new WrongResult('an Inform was not understood');
    return message;
  };

function refuseUnlessAlike(name: string, bodies: readonly Buffer[], reader: Reader): void {
  for (const body of bodies) {
    if (JSON.stringify(reader(body)) !== JSON.stringify(readWithOurs(body))) {
      throw new WrongResult(`${name} understands an Inform differently`);
    }
  }
}
