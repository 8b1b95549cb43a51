export { partitionOf, type Partition } from './aws';
export { addressOf } from './naming/address';
export { useBackend, type StateBackend } from './state/backend';
export { encryptState, type StateEncryption } from './state/encryption';
export { engineOf, type Engine } from './providers/engine';
export { ConstructError, PeersError, refuseProps, type ConstructErrorCode } from './props/errors';
export { failAtApply } from './fail-at-apply';
export { knownAs } from './naming/identity';
export { refuseProviderDebugLog } from './providers/provider-log';
export { literal } from './props/literal';
export { nameWithin } from './naming/names';
export { claimState } from './state/project';
export { PolicyRecord, type PolicyRecordProps } from './policy-record';
export { relaxProviderPin } from './providers/provider-pins';
export { WrittenFile, type WrittenFileProps } from './written-file';
export {
  SecretVariable,
  ThrowawayPassword,
  secretReference,
  type SecretInput,
  type SecretVariableProps,
} from './secret-input';
