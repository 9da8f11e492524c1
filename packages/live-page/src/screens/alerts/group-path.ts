import { devicesPath } from '../../frame/url-state.js';

/** Where the devices of a group are listed; of the fleet, and of a source, which is no label, all are. */
export function groupPath(label: string, value: string, status = ''): string {
  if (label === 'fleet' || label === 'source') return devicesPath({ status });
  if (label === 'model_firmware') {
    const cut = value.lastIndexOf(' / ');
    return devicesPath({ model: value.slice(0, cut), firmware: value.slice(cut + 3), status });
  }
  return devicesPath({ [label === 'model' ? 'model' : `label.${label}`]: value, status });
}
