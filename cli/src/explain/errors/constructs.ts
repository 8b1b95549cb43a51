import type { ConstructErrorCode } from '@portcullis/constructs';
import type { ErrorGroup, Explanation } from './explanation';

const errors: Readonly<Record<ConstructErrorCode, Explanation>> = {
  ERR_PROPS: {
    cause:
      'A construct was given properties that it cannot use. The message starts with where in the tree, and lists every problem with its path.',
    remedy: 'Mend what each line names: it says what was received and what is expected.',
  },
  ERR_SECRET_LITERAL: {
    cause:
      'A secret was given as a text, or as an attribute that the state keeps. It would be readable in `cdk.tf.json` or in the state.',
    remedy:
      'Give a `SecretVariable`, whose value comes from the environment at deploy, a reference to an ephemeral resource, or what the message names.',
  },
  ERR_PROVIDER_LOG: {
    cause: "The provider's log is at DEBUG or TRACE, where it writes the passwords of databases.",
    remedy: 'Set `TF_LOG_CORE` instead of `TF_LOG`, or `TF_LOG_PROVIDER=INFO` beside it.',
  },
  ERR_COLLISION: {
    cause:
      "Two constructs make the same thing: one name in Vault, one name in AWS. The second would take the first one's place.",
    remedy: 'Give each its own name, or make the thing once and hand the construct to both.',
  },
  ERR_PEERS: {
    cause:
      'Of the packages that a stack brings, `cdktf` or `cdktn`, `constructs` and the provider of what it imports, one is missing, of a version that these constructs are not built for, or there twice: in the app, and beside the constructs. For an app of `cdktn` there is `@portcullis/constructs-cdktn`.',
    remedy:
      'Run the command that the message ends with. Of what is there twice, `npm ls cdktf constructs` says who brings the second one.',
  },
};

export const CONSTRUCTS: ErrorGroup = {
  title: 'In stacks',
  about: 'Of `@portcullis/constructs`, thrown at synthesis as `ConstructError`.',
  errors,
};
