export * from './auth';
export * from './policy';
export * from './rate-limit';
export * from './secrets';
