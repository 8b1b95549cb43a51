/** Holds the policy against a service that was deployed: `portcullis verify`. */
import { PORTCULLIS } from './repository-tools';
import { uploadSarif } from './sarif';
import type { Step } from './workflow';

export interface VerificationProps {
  /** Origin of the service, in bash: as in `$SERVICE_URL`. */
  readonly url: string;
  /** Environment of `portcullis.config.ts`. */
  readonly environment: string;
  /** @default every call that the policy refuses is sent, whatever its method */
  readonly readOnly?: boolean;
  /** Environment variables of the step. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default always */
  readonly if?: string;
}

const FILE = 'verify.sarif';

/** What is dangerous fails the job; what deviates in words, and what cannot be verified, is shown in code scanning alone. */
export function verifySteps({ url, environment, readOnly, env, if: condition }: VerificationProps): Step[] {
  return [
    {
      name: 'Hold the policy against the service',
      id: 'verify',
      ...(condition !== undefined && { if: condition }),
      ...(env && { env }),
      run: [
        `${PORTCULLIS} verify "${url}" --environment ${environment}${readOnly === true ? ' --read-only' : ''} \\`,
        `  --sarif ${FILE} || [[ $? =~ ^[23]$ ]]`,
      ].join('\n'),
    },
    uploadSarif('Show in code scanning what deviates', FILE),
  ];
}
