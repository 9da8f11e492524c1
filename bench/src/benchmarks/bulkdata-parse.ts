import { parse as parseCsv } from 'csv-parse/sync';
import { readBulkBody } from '@cpemon/bulkdata';
import { isRefusal } from '@cpemon/contracts';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { FORMS, sampleBody, type Form } from '../bulkdata-parse/sample-reports.js';
import { bodiesPerSecond } from '../load/bodies-per-second.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import type { Figure } from '../report/result-line.js';

/** So many different bodies that none is in any cache twice in a row. */
const BODIES = 300;
const PARAMETERS = 200;
const SIZES = {
  quick: { pairs: 1, warmUpMs: 200, measureMs: 300 },
  short: { pairs: 5, warmUpMs: 500, measureMs: 1000 },
  full: { pairs: 11, warmUpMs: 1000, measureMs: 3000 },
};

/** Reports of each form through the real parser, against JSON.parse or csv-parse of the same bytes. */
export const bulkdataParse: Benchmark = {
  name: 'bulkdata-parse',
  about:
    'Bulk reports of 200 parameters a second through the parser, each form, against JSON.parse or csv-parse',
  async run(context: BenchContext): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const form of FORMS) figures.push(await measureForm(form, context));
    return figures;
  },
};

async function measureForm(form: Form, context: BenchContext): Promise<Figure> {
  const { pairs, warmUpMs, measureMs } = SIZES[context.form];
  const isJson = form === 'NameValuePair' || form === 'ObjectHierarchy';
  const bodies = Array.from({ length: BODIES }, (_, seed) => sampleBody(form, seed));
  context.say(`${form}: ${bodies[0]!.length} bytes a report`);
  const contentType = isJson ? 'application/json; charset=UTF-8' : 'text/csv; charset=UTF-8; header=present';
  const ours = (body: Buffer): void => refuseUnlessWhole(body, contentType);
  const peer = isJson ? 'JSON.parse' : 'csv-parse';
  const bare = (body: Buffer): void => {
    if (isJson) JSON.parse(body.toString('utf8'));
    else parseCsv(body);
  };
  const measure = (name: string, reader: (body: Buffer) => void): Promise<number> => {
    const rate = bodiesPerSecond(reader, bodies, warmUpMs, measureMs);
    context.say(`${form}, ${name}: ${rate.toFixed(0)} reports/s, ${(1e6 / rate).toFixed(1)} µs each`);
    return Promise.resolve(rate);
  };
  const runs = await alternate(
    pairs,
    () => measure('ours', ours),
    () => measure(peer, bare),
  );
  return ratioFigure(`bulkdata-parse.${form}`, 'reports/s', peer, runs);
}

function refuseUnlessWhole(body: Buffer, contentType: string): void {
  const read = readBulkBody(body, contentType);
  if (isRefusal(read)) throw new WrongResult(read.detail);
  const [report] = read.reports;
  if (report?.parameters['Device.WiFi.Radio.20.Stats.ErrorsReceived'] === undefined) {
    throw new WrongResult(`a report of ${PARAMETERS} parameters was not read whole`);
  }
}
