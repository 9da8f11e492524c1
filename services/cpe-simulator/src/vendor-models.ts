/** How a model is connected; decides which signals it has. */
export type Access = 'fibre' | 'dsl' | 'ethernet';

export interface VendorModel {
  manufacturer: string;
  model: string;
  hwVersion: string;
  /** Firmware in the field, the most frequent first. */
  swVersions: readonly string[];
  access: Access;
  /** The model reports a temperature. */
  hasTemperature: boolean;
  /** Share of the fleet relative to the other models. */
  weight: number;
}

export const VENDOR_MODELS: readonly VendorModel[] = [
  {
    manufacturer: 'Huawei',
    model: 'EG8145V5',
    hwVersion: '168D.A',
    swVersions: ['V5R020C10S115', 'V5R019C10S125'],
    access: 'fibre',
    hasTemperature: true,
    weight: 30,
  },
  {
    manufacturer: 'ZTE',
    model: 'F670L',
    hwVersion: 'V1.1.01',
    swVersions: ['V1.1.01P1T18', 'V1.1.10P3N8'],
    access: 'fibre',
    hasTemperature: true,
    weight: 20,
  },
  {
    manufacturer: 'Nokia',
    model: 'G-240W-C',
    hwVersion: '3FE46606AGAA',
    swVersions: ['3FE46606AGAA42', '3FE46606AFIA81'],
    access: 'fibre',
    hasTemperature: true,
    weight: 15,
  },
  {
    manufacturer: 'AVM',
    model: 'FRITZ!Box 7590',
    hwVersion: '226',
    swVersions: ['154.07.57', '154.07.29'],
    access: 'dsl',
    hasTemperature: true,
    weight: 15,
  },
  {
    manufacturer: 'Zyxel',
    model: 'VMG8825-T50',
    hwVersion: '1.0',
    swVersions: ['V5.50(ABOM.7)C0', 'V5.13(ABOM.5)C0'],
    access: 'dsl',
    hasTemperature: false,
    weight: 10,
  },
  {
    manufacturer: 'TP-Link',
    model: 'EC220-G5',
    hwVersion: 'EC220-G5 v3 00000001',
    swVersions: ['3.16.0 0.9.1 v6055.0'],
    access: 'ethernet',
    hasTemperature: false,
    weight: 10,
  },
];
