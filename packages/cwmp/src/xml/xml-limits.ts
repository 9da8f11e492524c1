/** Elements inside each other. An Inform has six, a SOAP Fault with its details seven. */
export const XML_DEPTH = 32;
/** Elements of a body. The longest list of parameters has 12,000; beyond it a list can still be named as too long. */
export const XML_ELEMENTS = 65_536;
/** Attributes of one element. An Envelope with every namespace that devices declare has ten. */
export const XML_ATTRIBUTES = 32;
/** Characters of one attribute's value. Namespaces have less than 100. */
export const XML_ATTRIBUTE_CHARACTERS = 4096;
/** Characters of an element's or attribute's name. */
export const XML_NAME_CHARACTERS = 256;
/** Characters of one text. The longest strings of the data models have 65,535. */
export const XML_TEXT_CHARACTERS = 65_536;
/** Characters up to which the XML declaration must have ended. Devices' have less than 60. */
export const XML_DECLARATION_CHARACTERS = 256;

/** Events of one Inform: the schema's own bound (cwmp-1-0.xsd, EventList). */
export const INFORM_EVENTS = 64;
/** Parameters of one message. Informs have up to 20, the answers to a whole data model of a big router 3,000. */
export const MESSAGE_PARAMETERS = 4000;
/** Scalar arguments kept of a request that has no reader of its own; the rest is left out. */
export const REQUEST_ARGUMENTS = 32;
