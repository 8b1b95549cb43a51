import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { Construct } from 'constructs';
import { knownAs, refuseProps } from '../../core';
import { methodProblems } from '../checks';
import { refuseCollisions } from '../collisions';

/** A mount of an auth method, as logins see it. */
export interface LoginMethod {
  /** Path below `auth/`, by reference where it is created here: what uses it is created after the method. */
  readonly path: string;
  /** The same path as text, for policies. */
  readonly pathName: string;
}

/** Properties of {@link AppRoleMount}. */
export interface AppRoleMountProps {
  /** Path below `auth/`. @default 'approle' */
  readonly path?: string;
}

/**
 * A mount of the auth method AppRole. Several logins share one.
 *
 * https://developer.hashicorp.com/vault/docs/auth/approle
 *
 * @example
 * const mount = new AppRoleMount(this, 'approle');
 * const orders = new AppRoleLogin(this, 'orders', { name: 'orders', mount });
 * const billing = new AppRoleLogin(this, 'billing', { name: 'billing', mount });
 */
export class AppRoleMount extends Construct implements LoginMethod {
  readonly path: string;
  readonly pathName: string;

  /** @throws ConstructError `ERR_PROPS` */
  constructor(scope: Construct, id: string, { path = 'approle' }: AppRoleMountProps = {}) {
    super(scope, id);
    refuseCollisions(this);
    refuseProps(this, methodProblems('path', path));
    this.pathName = path;
    // cdktf leaves this ID out of what it derives, so that the address is the one that logins made before.
    this.path = knownAs(new AuthBackend(this, 'Default', { type: 'approle', path }), path).path;
  }

  /**
   * A method that is mounted already, by whomever. Nothing is created, changed or destroyed.
   *
   * @example
   * const login = new AppRoleLogin(this, 'login', { name: 'orders', mount: AppRoleMount.at('approle') });
   *
   * @throws ConstructError `ERR_PROPS`
   */
  static at(path: string): LoginMethod {
    refuseProps('AppRoleMount.at()', methodProblems('path', path));
    return { path, pathName: path };
  }
}
