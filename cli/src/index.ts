/**
 * What `portcullis.config.ts` says of a repository, by `defineConfig()`.
 *
 * @module @portcullis/cli
 */
export {
  ConfigError,
  defineConfig,
  type Config,
  type ConfigInput,
  type EntrySchema,
  type EnvironmentConfig,
  type FieldSchema,
  type VaultConfig,
  type VerifyClient,
  type VerifyConfig,
  type VerifyPair,
} from './config/define-config';
export type { Lazy } from './config/lazy';
export {
  defineRules,
  isHidden,
  type HiddenValue,
  type RuleChange,
  type RuleFinding,
  type RuleValue,
  type TeamRule,
  type TeamRules,
} from './plan/team-rules/define-rules';
