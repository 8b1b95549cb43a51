export * from './policy';
export * from './rate-limit';
