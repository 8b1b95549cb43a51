/** Beside the quick start, as it is in a reader's app. */
export { policy } from '../../../policy';
