/** Things of one name in an account, or in a region of it: the later would take the earlier's place, or fail at the apply. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { AwsProvider, type AwsProviderConfig } from '@cdktf/provider-aws/lib/provider';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import {
  ApiService,
  AwsDeployIdentity,
  EncryptionKey,
  GatewayAccount,
  HttpApiGateway,
} from '@portcullis/constructs/aws';
import { TerraformStack, Testing, Token, ref, type App } from 'cdktf';
import {
  httpApiProps,
  place,
  serviceOnExistingProps,
  serviceProps,
} from '../../../../support/synth/aws-fixtures';
import { refusal } from '../../../../support/synth/synthesize';

const synth = (app: App): void => {
  app.synth();
};

/** An app of these stacks, each with a provider of its own. */
function appOf(
  ...stacks: readonly (readonly [build: (stack: TerraformStack) => unknown, provider?: AwsProviderConfig])[]
): App {
  const app = Testing.app();
  stacks.forEach(([build, provider = { region: place.region }], index) => {
    const stack = new TerraformStack(app, `stack-${index}`);
    new AwsProvider(stack, 'aws', provider);
    build(stack);
  });
  return app;
}

/** A refusal that has these lines. */
const collision = (...lines: readonly RegExp[]): Error =>
  refusal('ERR_COLLISION', {
    message: expect.stringMatching(
      new RegExp(lines.map(({ source }) => `\\n  ${source}`).join('[^]*')),
    ) as string,
  });

const keyIn =
  (name: string, where = place) =>
  (stack: TerraformStack) =>
    new EncryptionKey(stack, 'key', { place: where, name, description: 'Logs', encrypts: 'logs' });

it('refuses two services of one name, with all that they would share', () => {
  const services = (stack: TerraformStack) => {
    new ApiService(stack, 'one', serviceProps);
    new ApiService(stack, 'other', { ...serviceProps, taskRole: 'other-task' });
  };
  expect(() => {
    synth(appOf([services]));
  }).toThrow(
    collision(
      /stack-0\/other\/tasks: received the security group "orders-tasks" again after stack-0\/one\/tasks/,
      /stack-0\/other\/balancer\/balancer: received the load balancer "orders" again/,
      /stack-0\/other\/log: received the log group "\/portcullis\/orders\/service" again/,
    ),
  );
});

it('refuses two services that would be one role, in any region, and names of roles by case', () => {
  const service = (name: string, taskRole: string, region: string) => (stack: TerraformStack) =>
    new ApiService(stack, 'api', {
      ...serviceProps,
      place: { ...place, region },
      name,
      taskRole,
      executionRole: `${name}-starts`,
      image: serviceProps.image.replace('eu-central-1', region),
      certificateArn: `arn:aws:acm:${region}:333333333333:certificate/0a1b2c3d`,
      logs: { retentionDays: 365, keyArn: `arn:aws:kms:${region}:333333333333:key/0a1b2c3d` },
      permissions: [],
    });
  const app = appOf(
    [service('orders', 'shared-task', 'eu-central-1'), { region: 'eu-central-1' }],
    [service('payments', 'Shared-task', 'eu-west-1'), { region: 'eu-west-1' }],
  );
  expect(() => {
    synth(app);
  }).toThrow(
    collision(
      /stack-1\/api\/task-role: received the role "Shared-task" , which is as good as "shared-task", after stack-0\/api\/task-role/,
    ),
  );
});

it('refuses two gateways of one name: their functions, logs, links and domain', () => {
  const gateways = (stack: TerraformStack) => {
    for (const id of ['one', 'other']) new HttpApiGateway(stack, id, { ...httpApiProps, auth: {} });
  };
  expect(() => {
    synth(appOf([gateways]));
  }).toThrow(
    collision(
      /stack-0\/other\/link: received the VPC link of HTTP APIs "[\w-]+-prod" again/,
      /stack-0\/other\/authorizer\/log: received the log group/,
      /stack-0\/other\/authorizer\/function: received the function/,
      /stack-0\/other\/domain: received the domain name/,
    ),
  );
});

it('refuses two rules of one priority on a listener', () => {
  const services = (stack: TerraformStack) => {
    new ApiService(stack, 'one', serviceOnExistingProps);
    new ApiService(stack, 'other', {
      ...serviceOnExistingProps,
      name: 'payments',
      taskRole: 'payments-task',
    });
  };
  expect(() => {
    synth(appOf([services]));
  }).toThrow(
    collision(
      /stack-0\/other\/balancer\/rule: received the rule of priority "210" again after stack-0\/one\/balancer\/rule/,
    ),
  );
});

describe('two rules of one listener', () => {
  const { listener } = serviceOnExistingProps;
  const both = (one: object, other: object) => (stack: TerraformStack) => {
    [one, other].forEach((asked, index) => {
      const { arn, securityGroupId } = listener!;
      new ApiService(stack, `api-${index}`, {
        ...serviceOnExistingProps,
        name: `api-${index}`,
        taskRole: `task-${index}`,
        listener: { arn, securityGroupId, priority: 210 + index, ...asked },
      });
    });
  };

  it.each([
    ['any path of a.com', { hosts: ['a.com'] }, { hosts: ['b.com', 'A.com'] }],
    ['/a of any host', { paths: ['/a', '/a/*'] }, { paths: ['/a'] }],
    ['/a of a.com', { hosts: ['a.com'], paths: ['/a'] }, { hosts: ['a.com'], paths: ['/a', '/b'] }],
  ])('are refused that forward the same, %s: the second would get nothing', (same, one, other) => {
    expect(() => {
      synth(appOf([both(one, other)]));
    }).toThrow(
      collision(
        new RegExp(
          `stack-0/api-1/balancer/rule: received the rule for "${same}" again after stack-0/api-0/balancer/rule`,
        ),
      ),
    );
  });

  it.each([
    [{ hosts: ['a.com'] }, { hosts: ['b.com'] }],
    [{ hosts: ['a.com'] }, { hosts: ['a.com'], paths: ['/a'] }],
    [{ paths: ['/a'] }, { paths: ['/A', '/a/*'] }],
    [{ hosts: ['a.com'] }, { hosts: [Token.asString(ref('var.host'))] }],
  ])('are taken that forward %j and %j', (one, other) => {
    expect(() => {
      synth(appOf([both(one, other)]));
    }).not.toThrow();
  });

  it('are taken of which the first answers itself for a while, or asks for more', () => {
    const raw = (stack: TerraformStack) => {
      keyIn('logs')(stack);
      const forward = { type: 'forward', targetGroupArn: 'tasks' };
      const host = { hostHeader: { values: ['a.com'] } };
      const rule = (priority: number, action: object, condition: object[]) =>
        new LbListenerRule(stack, `rule-${priority}`, {
          listenerArn: listener!.arn,
          priority,
          action: [action as never],
          condition,
        });
      rule(1, { type: 'fixed-response' }, [host]);
      rule(2, forward, [host, { sourceIp: { values: ['10.0.0.0/8'] } }]);
      rule(3, forward, [host]);
    };
    expect(() => {
      synth(appOf([raw]));
    }).not.toThrow();
  });
});

it('refuses identities of jobs that would be one, and an identity provider twice', () => {
  const identity = (id: string, environment: string) => (stack: TerraformStack) =>
    new AwsDeployIdentity(stack, id, {
      repository: 'example/orders',
      environment,
      project: 'orders',
      stateBucketArn: 'arn:aws:s3:::example-state',
      stateKeyArn: 'arn:aws:kms:eu-central-1:333333333333:key/0a1b2c3d',
    });
  const allowed = { region: place.region, allowedAccountIds: [place.account] };
  expect(() => {
    synth(appOf([identity('a', 'prod'), allowed], [identity('b', 'dev'), allowed]));
  }).toThrow(collision(/stack-1\/b\/github: received the identity provider "https:\/\/token\.actions/));
  expect(() => {
    synth(appOf([identity('a', 'prod'), allowed], [identity('b', 'prod'), allowed]));
  }).toThrow(collision(/stack-1\/b\/portcullis-deploy: received the role "orders-prod-deploy" again/));
});

it('refuses the one setting of API Gateway twice in a region, in two stacks', () => {
  const account = (name: string) => (stack: TerraformStack) =>
    new GatewayAccount(stack, 'account', { place, name });
  expect(() => {
    synth(appOf([account('one')], [account('other')]));
  }).toThrow(
    collision(
      /stack-1\/account\/setting: received API Gateway's setting again after stack-0\/account\/setting/,
    ),
  );
});

it("counts the provider's own resources", () => {
  const raw = (stack: TerraformStack) => {
    keyIn('logs')(stack);
    new IamRole(stack, 'role', { name: 'orders', assumeRolePolicy: '{}' });
    new IamRole(stack, 'again', { name: 'orders', assumeRolePolicy: '{}' });
    for (const id of ['a', 'b']) new SsmParameter(stack, id, { name: '/orders', type: 'String', value: id });
  };
  expect(() => {
    synth(appOf([raw]));
  }).toThrow(collision(/stack-0\/again: received the role "orders"/, /stack-0\/b: received the parameter/));
});

describe('whichever provider of a stack leads to an account', () => {
  const here = { region: place.region, allowedAccountIds: [place.account] };
  type By = (stack: TerraformStack) => AwsProvider | undefined;
  const main: By = (stack) =>
    stack.node.children.find((one): one is AwsProvider => one instanceof AwsProvider);
  const other =
    (config: AwsProviderConfig): By =>
    (stack) =>
      new AwsProvider(stack, 'other', { alias: 'other', ...config });
  const roles = (by: By) => (stack: TerraformStack) => {
    keyIn('logs')(stack);
    const provider = by(stack);
    new IamRole(stack, 'one', { name: 'audit', assumeRolePolicy: '{}' });
    new IamRole(stack, 'again', { name: 'audit', assumeRolePolicy: '{}', ...(provider && { provider }) });
  };
  const logs = (by: By) => (stack: TerraformStack) => {
    keyIn('logs')(stack);
    const provider = by(stack);
    new CloudwatchLogGroup(stack, 'one', { name: 'audit' });
    new CloudwatchLogGroup(stack, 'again', { name: 'audit', ...(provider && { provider }) });
  };

  it.each([
    ['its main one, by name', roles(main)],
    ['its main one, by name', logs(main)],
    ['another of the account', logs(other(here))],
    ['one of another region, whose roles are the same', roles(other({ ...here, region: 'us-east-1' }))],
  ])('refuses a name twice by %s', (_what, build) => {
    expect(() => {
      synth(appOf([build, here]));
    }).toThrow(collision(/stack-0\/again: received the (role|log group) "audit" again after stack-0\/one/));
  });

  it.each([
    ['another account', roles(other({ ...here, allowedAccountIds: ['111111111111'] }))],
    ['another region', logs(other({ ...here, region: 'us-east-1' }))],
    ['an account that nobody names', roles(other({ region: place.region }))],
  ])('takes it in %s', (_what, build) => {
    expect(() => {
      synth(appOf([build, here]));
    }).not.toThrow();
  });

  it('refuses it in two stacks, of which one names its provider', () => {
    const role = (by: By) => (stack: TerraformStack) => {
      keyIn(stack.node.id)(stack);
      const provider = by(stack);
      new IamRole(stack, 'role', { name: 'audit', assumeRolePolicy: '{}', ...(provider && { provider }) });
    };
    expect(() => {
      synth(appOf([role(() => undefined), here], [role(main), here]));
    }).toThrow(collision(/stack-1\/role: received the role "audit" again after stack-0\/role/));
  });
});

describe('across stacks', () => {
  const refused = /stack-1\/key\/alias: received the alias "alias\/logs" again after stack-0\/key\/alias/;

  it('refuses a name twice in one account and region', () => {
    expect(() => {
      synth(appOf([keyIn('logs')], [keyIn('logs')]));
    }).toThrow(collision(refused));
  });

  it.each<[string, () => App]>([
    ['two accounts', () => appOf([keyIn('logs')], [keyIn('logs', { ...place, account: '444444444444' })])],
    [
      'two regions',
      () =>
        appOf([keyIn('logs')], [keyIn('logs', { ...place, region: 'eu-west-1' }), { region: 'eu-west-1' }]),
    ],
    [
      'two accounts that providers allow',
      () =>
        appOf(
          [keyIn('logs'), { region: place.region, allowedAccountIds: ['111111111111'] }],
          [keyIn('logs'), { region: place.region, allowedAccountIds: ['222222222222'] }],
        ),
    ],
  ])('takes it in %s', (_what, app) => {
    expect(() => {
      synth(app());
    }).not.toThrow();
  });

  it('takes it in two regions of one stack, by the region of the resource', () => {
    const both = (stack: TerraformStack) => {
      keyIn('logs')(stack);
      for (const region of ['eu-west-1', 'eu-west-2']) {
        new CloudwatchLogGroup(stack, region, { name: 'orders', region });
      }
    };
    expect(() => {
      synth(appOf([both]));
    }).not.toThrow();
  });

  it('takes it by providers of other accounts, which two stacks call the same', () => {
    const elsewhere = (account: string) => (stack: TerraformStack) => {
      keyIn(stack.node.id)(stack);
      const other = { region: place.region, alias: 'other', allowedAccountIds: [account] };
      const provider = new AwsProvider(stack, 'other', other);
      new IamRole(stack, 'role', { name: 'audit', assumeRolePolicy: '{}', provider });
    };
    expect(() => {
      synth(appOf([elsewhere('111111111111')], [elsewhere('222222222222')]));
    }).not.toThrow();
    expect(() => {
      synth(appOf([elsewhere('111111111111')], [elsewhere('111111111111')]));
    }).toThrow(collision(/stack-1\/role: received the role "audit" again after stack-0\/role/));
  });

  it('takes a priority on the listener of each of two stacks, whatever these are called there', () => {
    const rule = (stack: TerraformStack) => {
      keyIn(stack.node.id)(stack);
      new LbListenerRule(stack, 'rule', {
        listenerArn: Token.asString(ref('aws_lb_listener.own.arn')),
        priority: 1,
        action: [],
        condition: [],
      });
    };
    expect(() => {
      synth(appOf([rule], [rule]));
    }).not.toThrow();
  });
});
