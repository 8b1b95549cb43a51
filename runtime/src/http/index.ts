export { messagesOf, type MessageClasses } from './messages';
export type { Middleware, Next } from './middleware';
