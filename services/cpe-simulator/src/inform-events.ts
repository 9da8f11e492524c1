/** What an Inform can tell of, as bits, in the order of their codes. TR-069 Amendment 6, table 7. */
export const INFORM_EVENTS = {
  bootstrap: { bit: 1, code: '0 BOOTSTRAP' },
  boot: { bit: 2, code: '1 BOOT' },
  periodic: { bit: 4, code: '2 PERIODIC' },
  scheduled: { bit: 8, code: '3 SCHEDULED' },
  valueChange: { bit: 16, code: '4 VALUE CHANGE' },
  connectionRequest: { bit: 32, code: '6 CONNECTION REQUEST' },
  transferComplete: { bit: 64, code: '7 TRANSFER COMPLETE' },
  reboot: { bit: 128, code: 'M Reboot' },
  download: { bit: 256, code: 'M Download' },
  scheduleInform: { bit: 512, code: 'M ScheduleInform' },
} as const;

const ALL = Object.values(INFORM_EVENTS);

/** The codes of these bits; a report without a reason is a periodic one. */
export function eventCodes(bits: number): string[] {
  const told = bits === 0 ? INFORM_EVENTS.periodic.bit : bits;
  return ALL.filter(({ bit }) => (told & bit) !== 0).map(({ code }) => code);
}
