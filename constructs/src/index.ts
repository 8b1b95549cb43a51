/**
 * Constructs for Vault and OpenBao: logins, leased database users, secrets that are in no state; and the state itself.
 *
 * @module @portcullis/constructs
 */
// First: what follows loads the provider.
import './peers/vault';

export * from './core';
export * from './vault';
