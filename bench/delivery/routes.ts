/** So many routes has the API that `portcullis verify` is measured with. */
export const ROUTES = 40;
