import { INFORM, informMessage } from './base-inform';
import { edited, type CorpusRow } from './corpus-row';

const row = (sent: string, code: string): CorpusRow => ({
  name: `event "${sent.replaceAll('\n', '\\n')}"`,
  body: Buffer.from(edited(INFORM, ['2 PERIODIC', sent])),
  expected: informMessage({
    events: [
      { code, commandKey: '' },
      { code: 'M Reboot', commandKey: 'night-work' },
    ],
  }),
});

const STANDARD = [
  '0 BOOTSTRAP',
  '1 BOOT',
  '3 SCHEDULED',
  '4 VALUE CHANGE',
  '5 KICKED',
  '6 CONNECTION REQUEST',
  '7 TRANSFER COMPLETE',
  '8 DIAGNOSTICS COMPLETE',
  '9 REQUEST DOWNLOAD',
  '10 AUTONOMOUS TRANSFER COMPLETE',
  '11 DU STATE CHANGE COMPLETE',
  '12 AUTONOMOUS DU STATE CHANGE COMPLETE',
  '13 WAKEUP',
  '14 HEARTBEAT',
  'M ScheduleInform',
  'M Download',
  'M ScheduleDownload',
  'M Upload',
  'M ChangeDUState',
];
const VENDOR = ['M X_0A1B2C_Reset', 'X 0A1B2C Alarm', 'X CT-COM BIND', '99 NEW IN SOME LATER YEAR'];

/** Every code of the standard, those of vendors, and the ways in which devices write them. */
export const EVENT_CODES: CorpusRow[] = [
  ...[...STANDARD, ...VENDOR].map((code) => row(code, code)),
  row('1 Boot', '1 BOOT'),
  row('4 value change', '4 VALUE CHANGE'),
  row('  6  CONNECTION\n REQUEST ', '6 CONNECTION REQUEST'),
  row('m reboot', 'M Reboot'),
  row('M REBOOT', 'M Reboot'),
  row(' x ct-com bind ', 'x ct-com bind'),
];
