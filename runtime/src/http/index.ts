export { messagesOf, type MessageClasses } from './messages';
