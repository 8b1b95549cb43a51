export * from './auth';
export * from './http';
export * from './policy';
export * from './rate-limit';
export * from './secrets';
