import { Mount } from '@cdktf/provider-vault/lib/mount';
import { TransitSecretBackendKey } from '@cdktf/provider-vault/lib/transit-secret-backend-key';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { guardProblems } from '../../core/props/guard';
import { mountProblems, nameProblems } from '../checks';
import { refuseCollisions } from '../collisions';
import type { Grantee } from '../policy/grantee';

/** Properties of {@link PseudonymKey}. */
export interface PseudonymKeyProps {
  /** Name of the key, as in `orders`. */
  readonly name: string;
  /** Path of the transit engine that holds it, and nothing else. @default 'pseudonyms' */
  readonly path?: string;
  /** Whether the engine refuses to destroy it: nobody could say any more who a log is about. @default true */
  readonly preventDestroy?: boolean;
}

/**
 * Field in which whoever resolves a pseudonym says why. Vault refuses a request without it, and its audit log shows it in
 * clear.
 */
const REASON = 'reason';

/**
 * The key behind the pseudonyms of an API's logs: a transit engine that gives the same ciphertext for the same person, so
 * that lines of one person can be found, and never shows the key. Who may name ({@link grantNaming}) cannot resolve; who may
 * resolve ({@link grantResolving}) does it one by one, each time with a reason, which stands in Vault's audit log in clear
 * beside who asked. A hash could not be resolved, and whoever held its key would resolve without a trace.
 *
 * `vault write -f <path>/keys/<name>/rotate` begins new pseudonyms. Old ones are resolved until `min_decryption_version` is
 * raised and the versions below are trimmed: then nobody can say any more who they were.
 *
 * https://developer.hashicorp.com/vault/docs/secrets/transit#convergent-encryption
 *
 * @example
 * const subjects = new PseudonymKey(this, 'subjects', { name: 'orders' });
 * subjects.grantNaming(login);
 * subjects.grantResolving(new SupportAccess(this, 'whois', { name: 'orders-whois' }));
 */
export class PseudonymKey extends Construct {
  private readonly path: string;
  private readonly keyName: string;

  /** @throws ConstructError `ERR_PROPS` with all problems at once. */
  constructor(scope: Construct, id: string, props: PseudonymKeyProps) {
    super(scope, id);
    refuseCollisions(this);
    const { name, path = 'pseudonyms', preventDestroy = true } = props;
    refuseProps(this, [
      ...nameProblems('name', name),
      ...mountProblems('path', path),
      ...guardProblems('preventDestroy', preventDestroy),
    ]);
    this.path = path;
    this.keyName = name;
    const mount = new Mount(this, 'mount', {
      path,
      type: 'transit',
      // Everything else that a request brings is hashed in the audit log.
      auditNonHmacRequestKeys: [REASON],
      lifecycle: { preventDestroy },
    });
    const key = new TransitSecretBackendKey(this, 'key', {
      backend: knownAs(mount, path).path,
      name,
      type: 'aes256-gcm96',
      // The same person is the same ciphertext.
      derived: true,
      convergentEncryption: true,
      exportable: false,
      allowPlaintextBackup: false,
      deletionAllowed: !preventDestroy,
      lifecycle: { preventDestroy },
    });
    knownAs(key, path, name);
  }

  /** Lets `grantee` give people their pseudonyms, and resolve none. */
  grantNaming(grantee: Grantee): void {
    grantee.grant({
      path: `${this.path}/encrypt/${this.keyName}`,
      // Without "create", which would make a key of another name.
      capabilities: ['update'],
      reason: 'what the log calls a person',
    });
  }

  /** Lets `grantee` resolve pseudonyms, each by a request of its own, which says why. */
  grantResolving(grantee: Grantee): void {
    grantee.grant({
      path: `${this.path}/decrypt/${this.keyName}`,
      capabilities: ['update'],
      deniedParameters: ['batch_input'],
      requiredParameters: [REASON],
      reason: 'who a pseudonym of the log is, for a reason that the audit log keeps',
    });
  }
}
