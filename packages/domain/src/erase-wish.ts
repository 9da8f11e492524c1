/** serial_number: all devices with it, whatever else they name. identity: the one that the event names. */
export const ERASE_SCOPES = ['serial_number', 'identity'] as const;
export type EraseScope = (typeof ERASE_SCOPES)[number];

/** What the owner of a lane is told to erase: `data.erase` of an event, whose subject and identity say of whom. */
export interface EraseWish {
  /** Names the erasure: one that was done is not done again, whenever its event comes by. */
  erasure: string;
  scope: EraseScope;
}
