import { useEffect } from 'preact/hooks';
import { isSupport } from '../../data/session.js';
import { showTitle } from '../../frame/title.js';
import { DeviceList } from './device-list.js';
import { LookUp } from './look-up.js';

/** Devices by filters; support looks one up by a whole key. */
export function DevicesScreen() {
  useEffect(() => showTitle('Devices'), []);
  return isSupport.value ? <LookUp /> : <DeviceList />;
}
