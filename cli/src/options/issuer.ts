import type { Command } from 'commander';
import type { Config } from '../config/define-config';

export interface IssuerOption {
  readonly issuer?: string;
}

export function takesIssuer(command: Command): Command {
  return command.option(
    '--issuer <url>',
    "whose tokens are meant (default: OIDC_ISSUER_URL, or the policy's issuer)",
  );
}

/** Whose tokens are meant. */
export function issuerOf({ policy }: Pick<Config, 'policy'>, { issuer }: IssuerOption): string {
  return issuer ?? process.env.OIDC_ISSUER_URL ?? policy.issuer;
}
