import avmFritzbox7590 from './avm-fritzbox-7590.json';
import lteRouter from './generic-lte-router.json';
import huaweiEg8145v5 from './huawei-eg8145v5.json';
import mikrotikHapAc2 from './mikrotik-hap-ac2.json';
import { readModelFile, type VendorModel } from './model-file.js';
import nokiaG240wc from './nokia-g-240w-c.json';
import sagemcomFast5366 from './sagemcom-fast-5366.json';
import tpLinkEc220g5 from './tp-link-ec220-g5.json';
import tpLinkXx230v from './tp-link-xx230v.json';
import zteF670l from './zte-f670l.json';
import zyxelVmg8825 from './zyxel-vmg8825-t50.json';

/** The models that come with the simulator. */
export const BUILT_IN_MODELS: readonly VendorModel[] = [
  ...[huaweiEg8145v5, zteF670l, nokiaG240wc, avmFritzbox7590, zyxelVmg8825, tpLinkEc220g5],
  ...[tpLinkXx230v, sagemcomFast5366, mikrotikHapAc2, lteRouter],
].map(readModelFile);
