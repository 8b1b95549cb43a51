export * from './core';
export * from './vault';
