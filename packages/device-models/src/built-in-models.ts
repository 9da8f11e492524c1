import { createDeviceModels } from './device-models.js';
import chinaTelecom from './models/china-telecom.json';
import huaweiAsks from './models/huawei-asks.json';
import huawei from './models/huawei.json';
import nokiaAsks from './models/nokia-asks.json';
import nokia from './models/nokia.json';
import opticalSpellings from './models/optical-spellings.json';
import tpLinkAsks from './models/tp-link-asks.json';
import tpLinkMemory from './models/tp-link-memory.json';
import tpLink from './models/tp-link.json';
import tr098 from './models/tr-098.json';
import tr181 from './models/tr-181.json';
import zteAsks from './models/zte-asks.json';
import zte from './models/zte.json';

/** The files that come with CPEmon; a later one outranks an earlier one. */
export const BUILT_IN_MODEL_FILES: readonly unknown[] = [
  ...[tr098, tr181, opticalSpellings, chinaTelecom, huawei, nokia, tpLink, tpLinkMemory, zte],
  ...[huaweiAsks, nokiaAsks, tpLinkAsks, zteAsks],
];

export const BUILT_IN_MODELS = createDeviceModels(BUILT_IN_MODEL_FILES);
