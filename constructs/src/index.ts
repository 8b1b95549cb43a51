// First: what follows loads the provider.
import './peers/vault';

export * from './core';
export * from './vault';
