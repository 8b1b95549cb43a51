export type { Answer, ErrorAnswer, ErrorBody } from './answer';
export { messagesOf, type MessageClasses } from './messages';
export type { Middleware, Next } from './middleware';
export type { RequestHeaders } from './request-headers';
