import { prod } from '../../stacks/environments/prod';
import { describeApplied } from './applied';
import { describeAccount } from './asserted/account';
import { describeFirewall } from './asserted/firewall';
import { describeRestGateway } from './asserted/rest-gateway';
import { describeRules } from './asserted/rules';
import { describeService } from './asserted/service';
import { describeStore } from './asserted/store';

describeApplied(prod, (applied) => {
  describeStore(applied);
  describeService(applied);
  describeRestGateway(applied);
  describeFirewall(applied);
  describeAccount(applied);
  describeRules(applied);
});
