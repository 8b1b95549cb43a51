export { partitionOf, type Partition } from './aws';
export { addressOf } from './address';
export { useBackend, type StateBackend } from './backend';
export { encryptState, type StateEncryption } from './encryption';
export { engineOf, type Engine } from './engine';
export { ConstructError, PeersError, refuseProps, type ConstructErrorCode } from './errors';
export { failAtApply } from './fail-at-apply';
export { knownAs } from './identity';
export { refuseProviderDebugLog } from './provider-log';
export { literal } from './literal';
export { nameWithin } from './names';
export { claimState } from './project';
export { PolicyRecord, type PolicyRecordProps } from './policy-record';
export { relaxProviderPin } from './provider-pins';
export { WrittenFile, type WrittenFileProps } from './written-file';
export {
  SecretVariable,
  ThrowawayPassword,
  secretReference,
  type SecretInput,
  type SecretVariableProps,
} from './secret-input';
