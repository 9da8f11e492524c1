import { BAD_XML } from './bad-input';
import { CHARSETS } from './charsets';
import type { CorpusRow } from './corpus-row';
import { DATA_MODELS } from './data-models';
import { DEVIATIONS } from './deviations';
import { EVENT_CODES } from './event-codes';
import { RPCS } from './rpcs';

/** Bodies of CWMP and what each must become. All of them are made up; no device has these serial numbers. */
export const CWMP_CORPUS: readonly (readonly [group: string, rows: readonly CorpusRow[]])[] = [
  ['deviations', DEVIATIONS],
  ['event codes', EVENT_CODES],
  ['RPCs', RPCS],
  ['data models', DATA_MODELS],
  ['charsets', CHARSETS],
  ['bad input', BAD_XML],
];

export type { CorpusRow } from './corpus-row';
