/** What the engine says of a plan in which nothing moves or changes. To have the plan read out takes as long again. */
export const NO_CHANGES = 'No changes. Your infrastructure matches the configuration.';
